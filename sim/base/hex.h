/* Hexadecimal: writes lower case unless asked for upper, reads either case. */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"

/* Writes 2 * len characters, no NUL. Branches and table look-ups never depend on the data. */
void hex_encode(const void *bytes, size_t len, char *out);

/* The same with upper-case digits, for public data only: it does branch on them. */
void hex_encode_upper(const void *bytes, size_t len, char *out);

enum hex_error { HEX_OK = 0, HEX_ODD = -1, HEX_DIGIT = -2 };

/* Reads `len` characters, which may start with 0x. Branches and table look-ups never depend on digits, but for
 * the first two, which may be that prefix, and for where a character is that is none.
 * Out: out, which has room for len / 2 bytes (undefined after an error), and *out_len.
 * Returns HEX_OK, HEX_ODD (an odd number of digits) or HEX_DIGIT (a character
 * that is not a hex digit; *bad_at is its index). */
enum hex_error hex_decode(const char *text, size_t len, uint8_t *out, size_t *out_len, size_t *bad_at);

/* Decodes text from a request into the arena. Out: *bytes and *len. The error says what is
 * wrong with the text and calls it `name`. */
MUST_CHECK int hex_read(struct span text, const char *name, struct arena *arena, uint8_t **bytes, size_t *len,
                        struct error *error);

#endif
