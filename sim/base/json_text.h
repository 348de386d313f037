/* Writing JSON (RFC 8259) as pure ASCII.
 *
 * Every character from 0x7f up is written as \uXXXX, because some clients compare
 * Content-Length with the number of characters instead of bytes. */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include <endian.h>

#include "sim/base/buf.h"

/* UTF-8 text as a quoted string. A byte that is not part of valid UTF-8 becomes U+FFFD. */
void json_text_string(struct buf *out, const char *text, size_t len);

/* Its characters without the quotes. */
void json_text_escaped(struct buf *out, const char *text, size_t len);

/* How many of the leading bytes are in a JSON string as they are, at least up to the first byte that
 * json_text_string would escape. */
size_t json_text_plain(const uint8_t *text, size_t len);

#define JSON_TEXT_EACH(byte) (UINT64_C(0x0101010101010101) * (byte)) /* in each byte of a word */

/* The same for exactly eight bytes, which are looked at together: the lowest byte of the word whose highest bit
 * is set is the first that is escaped (bytes after it may have it for no reason). */
static inline size_t json_text_plain_of_eight(const uint8_t bytes[static 8])
{
    uint64_t word, quote, backslash, marks;

    memcpy(&word, bytes, sizeof word);
    word = le64toh(word);
    quote = word ^ JSON_TEXT_EACH('"');
    backslash = word ^ JSON_TEXT_EACH('\\');
    marks = ((quote - JSON_TEXT_EACH(1)) & ~quote) | ((backslash - JSON_TEXT_EACH(1)) & ~backslash) |
            ((word - JSON_TEXT_EACH(0x20)) & ~word) | word | (word + JSON_TEXT_EACH(1));
    marks &= JSON_TEXT_EACH(0x80);
    return marks ? (size_t)__builtin_ctzll(marks) / 8 : sizeof word;
}

/* Bytes as a quoted string of lower-case hex. */
void json_text_hex(struct buf *out, const void *bytes, size_t len);

/* `"name":`, preceded by `separator` unless that is 0. Names are plain ASCII. */
void json_text_key(struct buf *out, char separator, const char *name);

/* Key and value in one call: an optional ',' or '{', then "name":"value". */
void json_text_member(struct buf *out, char separator, const char *name, const char *text);
void json_text_member_hex(struct buf *out, char separator, const char *name, const void *bytes, size_t len);
void json_text_member_uint(struct buf *out, char separator, const char *name, uint64_t value);

#endif
