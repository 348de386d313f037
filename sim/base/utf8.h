/* UTF-8 (RFC 3629). */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one character of at most len bytes. Returns its size in bytes, or 0 when
 * the bytes are not valid UTF-8 (overlong forms and surrogates are invalid). */
size_t utf8_read(const uint8_t *bytes, size_t len, uint32_t *character);

/* How many bytes from the start are characters beyond ASCII. */
size_t utf8_beyond_ascii(const uint8_t *bytes, size_t len);

bool utf8_valid(const void *text, size_t len);

#endif
