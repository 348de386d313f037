#include "sim/format/cbor.h"

#include "sim/base/cursor.h"

/* The first byte of a value holds its major type and its argument, or the argument's width. */
enum major_type { UNSIGNED = 0, BYTES = 2, TEXT = 3, MAP = 5 };
enum { ARGUMENT_BITS = 5, ARGUMENT_MASK = 0x1f, DIRECT_BELOW = 24, WIDEST = 27 };

/* --- writing --- */

static void write_head(struct buf *out, enum major_type type, uint64_t argument)
{
    unsigned low = argument < DIRECT_BELOW  ? (unsigned)argument
                   : argument <= UINT8_MAX  ? DIRECT_BELOW
                   : argument <= UINT16_MAX ? DIRECT_BELOW + 1
                   : argument <= UINT32_MAX ? DIRECT_BELOW + 2
                                            : WIDEST;

    buf_append_byte(out, (uint8_t)((unsigned)type << ARGUMENT_BITS | low));
    if (low < DIRECT_BELOW)
        return;
    for (unsigned left = 1u << (low - DIRECT_BELOW); left > 0; left--)
        buf_append_byte(out, (uint8_t)(argument >> (8 * (left - 1))));
}

void cbor_write_map(struct buf *out, uint64_t pairs)
{
    write_head(out, MAP, pairs);
}

void cbor_write_uint(struct buf *out, uint64_t value)
{
    write_head(out, UNSIGNED, value);
}

void cbor_write_text(struct buf *out, const char *text)
{
    write_head(out, TEXT, strlen(text));
    buf_append_text(out, text);
}

void cbor_write_bytes(struct buf *out, const void *data, size_t len)
{
    write_head(out, BYTES, len);
    buf_append(out, data, len);
}

/* --- reading --- */

static bool read_head(struct span *rest, enum major_type type, uint64_t *argument)
{
    struct span left = *rest;
    unsigned low;
    uint8_t head;

    if (!cursor_take_byte(&left, &head) || head >> ARGUMENT_BITS != type)
        return false;
    low = head & ARGUMENT_MASK;
    if (low < DIRECT_BELOW)
        *argument = low;
    else if (low > WIDEST || !cursor_take_be(&left, (size_t)1 << (low - DIRECT_BELOW), argument))
        return false;
    *rest = left;
    return true;
}

bool cbor_read_map(struct span *rest, uint64_t *pairs)
{
    return read_head(rest, MAP, pairs);
}

bool cbor_read_uint(struct span *rest, uint64_t *value)
{
    return read_head(rest, UNSIGNED, value);
}

static bool read_string(struct span *rest, enum major_type type, struct span *string)
{
    uint64_t len;

    return read_head(rest, type, &len) && len <= rest->len && cursor_take(rest, (size_t)len, string);
}

bool cbor_read_text(struct span *rest, struct span *text)
{
    return read_string(rest, TEXT, text);
}

bool cbor_read_bytes(struct span *rest, struct span *bytes)
{
    return read_string(rest, BYTES, bytes);
}

bool cbor_read_key(struct span *rest, const char *key)
{
    struct span text;

    return cbor_read_text(rest, &text) && span_is(text, key);
}
