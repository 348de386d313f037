/* UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one character of at most len bytes. Returns its size in bytes, or 0 when
 * the bytes are not valid UTF-8 (overlong forms and surrogates are invalid). */
size_t utf8_read(const uint8_t *bytes, size_t len, uint32_t *character);

bool utf8_valid(const void *text, size_t len);

/* How many bytes from the start are whole characters that a JSON string has as they are: all but quotes, backslashes
 * and those below U+0020 (RFC 8259, section 7). */
size_t utf8_unescaped(const uint8_t *bytes, size_t len);

#endif
