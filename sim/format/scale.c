#include "sim/format/scale.h"

#include "crypto/bytes.h"

enum mode { ONE_BYTE = 0, TWO_BYTES = 1, FOUR_BYTES = 2 };

void scale_compact(struct buf *out, size_t value)
{
    uint8_t bytes[4];
    enum mode mode = value < 1u << 6 ? ONE_BYTE : value < 1u << 14 ? TWO_BYTES : FOUR_BYTES;

    bytes_put_le32(bytes, (uint32_t)value << 2 | mode);
    buf_append(out, bytes, (size_t)1 << mode);
}

void scale_u32(struct buf *out, uint32_t value)
{
    buf_append_le32(out, value);
}

void scale_bytes(struct buf *out, const void *data, size_t len)
{
    scale_compact(out, len);
    buf_append(out, data, len);
}
