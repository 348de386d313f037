/* Writing JSON (RFC 8259) as pure ASCII.
 *
 * Every character from 0x7f up is written as \uXXXX, because some clients compare
 * Content-Length with the number of characters instead of bytes. */
#ifndef BASE_JSON_TEXT_H
#define BASE_JSON_TEXT_H

#include "sim/base/buf.h"

/* UTF-8 text as a quoted string. A byte that is not part of valid UTF-8 becomes U+FFFD. */
void json_text_string(struct buf *out, const char *text, size_t len);

/* Its characters without the quotes. */
void json_text_escaped(struct buf *out, const char *text, size_t len);

/* How many of the leading bytes are in a JSON string as they are, at least up to the first byte that
 * json_text_string would escape. */
size_t json_text_plain(const uint8_t *text, size_t len);

/* Bytes as a quoted string of lower-case hex. */
void json_text_hex(struct buf *out, const void *bytes, size_t len);

/* `"name":`, preceded by `separator` unless that is 0. Names are plain ASCII. */
void json_text_key(struct buf *out, char separator, const char *name);

/* Key and value in one call: an optional ',' or '{', then "name":"value". */
void json_text_member(struct buf *out, char separator, const char *name, const char *text);
void json_text_member_hex(struct buf *out, char separator, const char *name, const void *bytes, size_t len);
void json_text_member_uint(struct buf *out, char separator, const char *name, uint64_t value);

#endif
