#include "sim/base/hex.h"

static uint8_t digit(unsigned nibble)
{
    /* '0' + n, plus the distance to 'a' from 10 up. */
    return (uint8_t)('0' + nibble + (((9u - nibble) >> 8) & ('a' - '0' - 10)));
}

void hex_encode(const void *bytes, size_t len, char *out)
{
    const uint8_t *restrict in = bytes;
    uint8_t *restrict to = (uint8_t *)out;

    for (size_t i = 0; i < len; i++) {
        to[2 * i] = digit(in[i] >> 4);
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

static int value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

enum hex_error hex_decode(const char *text, size_t len, uint8_t *out, size_t *out_len, size_t *bad_at)
{
    size_t at = len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X') ? 2 : 0;
    size_t count = 0;

    for (size_t i = at; i < len; i++) {
        if (value(text[i]) < 0) {
            *bad_at = i;
            return HEX_DIGIT;
        }
    }
    if ((len - at) % 2 != 0)
        return HEX_ODD;
    for (; at < len; at += 2)
        out[count++] = (uint8_t)(value(text[at]) << 4 | value(text[at + 1]));
    *out_len = count;
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
