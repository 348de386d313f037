#include "sim/format/cbor.h"

enum major_type { UNSIGNED = 0, BYTES = 2, TEXT = 3, MAP = 5 };

static void head(struct buf *out, enum major_type type, uint64_t argument)
{
    uint8_t first = (uint8_t)(type << 5);
    unsigned size = argument < 24            ? 0
                    : argument <= UINT8_MAX  ? 1
                    : argument <= UINT16_MAX ? 2
                    : argument <= UINT32_MAX ? 4
                                             : 8;

    if (size == 0) {
        buf_append_byte(out, (uint8_t)(first | argument));
        return;
    }
    buf_append_byte(out, (uint8_t)(first | (size == 1 ? 24 : size == 2 ? 25 : size == 4 ? 26 : 27)));
    while (size-- > 0)
        buf_append_byte(out, (uint8_t)(argument >> (8 * size)));
}

void cbor_map(struct buf *out, uint64_t pairs)
{
    head(out, MAP, pairs);
}

void cbor_uint(struct buf *out, uint64_t value)
{
    head(out, UNSIGNED, value);
}

void cbor_text(struct buf *out, const char *text)
{
    head(out, TEXT, strlen(text));
    buf_append_text(out, text);
}

void cbor_bytes(struct buf *out, const void *data, size_t len)
{
    head(out, BYTES, len);
    buf_append(out, data, len);
}
