#include "sim/base/hex.h"

#include "crypto/reveal.h"

/* All in bytes, not in wider numbers, so that compilers handle many at a time; and without branches, because
 * keys are written and read in hex. */

static uint8_t digit(uint8_t nibble)
{
    /* '0' + n, plus the distance to 'a' from 10 up. */
    return (uint8_t)('0' + nibble + ((int8_t)(9 - nibble) >> 7 & ('a' - '0' - 10)));
}

void hex_encode(const void *bytes, size_t len, char *out)
{
    const uint8_t *restrict in = bytes;
    uint8_t *restrict to = (uint8_t *)out;

    for (size_t i = 0; i < len; i++) {
        to[2 * i] = digit((uint8_t)(in[i] >> 4));
        to[2 * i + 1] = digit(in[i] & 15);
    }
}

void hex_encode_upper(const void *bytes, size_t len, char *out)
{
    hex_encode(bytes, len, out);
    for (size_t i = 0; i < 2 * len; i++)
        if (out[i] >= 'a')
            out[i] = (char)(out[i] - 'a' + 'A');
}

/* All ones if n is below limit, which is at most 128; else zero. */
static uint8_t below(uint8_t n, uint8_t limit)
{
    return (uint8_t)((int8_t)((uint8_t)(n - limit) & (uint8_t)~n) >> 7);
}

/* Above 15 for a character that is not a digit. */
static uint8_t value(char character)
{
    const uint8_t c = (uint8_t)character;
    const uint8_t decimal = (uint8_t)(c - '0'), letter = (uint8_t)((c | 0x20) - 'a');
    const uint8_t is_decimal = below(decimal, 10), is_letter = below(letter, 6);

    return (uint8_t)((decimal & is_decimal) | ((letter + 10) & is_letter) | ~(is_decimal | is_letter));
}

/* Writes a byte for each two digits; returns a number above 15 if there is a character that is none. */
static uint8_t decode(const char *restrict text, size_t len, uint8_t *restrict out)
{
    uint8_t all = len % 2 ? value(text[len - 1]) : 0;

    for (size_t i = 0; i < len / 2; i++) {
        const uint8_t high = value(text[2 * i]), low = value(text[2 * i + 1]);

        all |= high | low;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return all;
}

enum hex_error hex_decode(const char *text, size_t len, uint8_t *out, size_t *out_len, size_t *bad_at)
{
    const bool has_prefix = len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    const size_t at = has_prefix ? 2 : 0;
    const bool has_others = decode(text + at, len - at, out) > 15;

    reveal(&has_others, sizeof has_others);
    if (has_others) {
        for (*bad_at = at; value(text[*bad_at]) <= 15;)
            ++*bad_at;
        return HEX_DIGIT;
    }
    if ((len - at) % 2 != 0)
        return HEX_ODD;
    *out_len = (len - at) / 2;
    return HEX_OK;
}

int hex_read(struct span text, const char *name, struct arena *arena, uint8_t **bytes, size_t *len,
             struct error *error)
{
    size_t bad_at = 0;

    *bytes = arena_alloc(arena, text.len / 2 + 1);
    *len = 0;
    switch (hex_decode((const char *)text.data, text.len, *bytes, len, &bad_at)) {
    case HEX_OK:
        return 0;
    case HEX_ODD:
        return error_input(error, "%s must be hex with two digits per byte, but has an odd number of digits",
                           name);
    case HEX_DIGIT:
        break;
    }
    return error_input(error, "%s must be hex, but character %zu is not a hex digit", name, bad_at + 1);
}
