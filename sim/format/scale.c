#include "sim/format/scale.h"

#include "sim/base/cursor.h"

/* The lowest two bits of a compact integer are its mode: it takes 2^mode bytes. The other bits
 * are the value. */
enum mode { ONE_BYTE = 0, TWO_BYTES = 1, FOUR_BYTES = 2, LARGER = 3 };
enum { MODE_BITS = 2, MODE_MASK = 3 };

void scale_write_compact(struct buf *out, size_t value)
{
    uint8_t bytes[SCALE_COMPACT_BYTES_MAX];
    enum mode mode = value < 1u << 6 ? ONE_BYTE : value < 1u << 14 ? TWO_BYTES : FOUR_BYTES;

    bytes_put_le32(bytes, (uint32_t)value << MODE_BITS | mode);
    buf_append(out, bytes, (size_t)1 << mode);
}

bool scale_read_compact(struct span *rest, size_t *value)
{
    uint64_t number = 0;
    struct span taken;
    unsigned mode;

    if (rest->len == 0)
        return false;
    mode = rest->data[0] & MODE_MASK;
    if (mode == LARGER || !cursor_take(rest, (size_t)1 << mode, &taken))
        return false;
    for (size_t i = taken.len; i > 0; i--)
        number = number << 8 | taken.data[i - 1];
    *value = (size_t)(number >> MODE_BITS);
    return true;
}

void scale_write_u32(struct buf *out, uint32_t value)
{
    buf_append_le32(out, value);
}

bool scale_read_u32(struct span *rest, uint32_t *value)
{
    return cursor_take_le32(rest, value);
}

void scale_write_bytes(struct buf *out, const void *data, size_t len)
{
    scale_write_compact(out, len);
    buf_append(out, data, len);
}

bool scale_read_bytes(struct span *rest, struct span *bytes)
{
    size_t len;

    return scale_read_compact(rest, &len) && cursor_take(rest, len, bytes);
}
