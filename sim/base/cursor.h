/* Bounds-checked reading from the front of untrusted bytes. */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include "crypto/bytes.h"
#include "sim/base/span.h"

/* Returns false and changes nothing when fewer than len bytes are left. */
static inline bool cursor_take(struct span *rest, size_t len, struct span *taken)
{
    if (rest->len < len)
        return false;
    *taken = span_of(rest->data, len);
    *rest = span_of(len ? rest->data + len : rest->data, rest->len - len);
    return true;
}

static inline bool cursor_take_byte(struct span *rest, uint8_t *value)
{
    struct span taken;

    if (!cursor_take(rest, 1, &taken))
        return false;
    *value = taken.data[0];
    return true;
}

static inline bool cursor_take_le16(struct span *rest, uint16_t *value)
{
    struct span taken;

    if (!cursor_take(rest, 2, &taken))
        return false;
    *value = bytes_get_le16(taken.data);
    return true;
}

static inline bool cursor_take_le32(struct span *rest, uint32_t *value)
{
    struct span taken;

    if (!cursor_take(rest, 4, &taken))
        return false;
    *value = bytes_get_le32(taken.data);
    return true;
}

/* A big-endian number of `size` bytes, at most 8. */
static inline bool cursor_take_be(struct span *rest, size_t size, uint64_t *value)
{
    struct span taken;

    if (!cursor_take(rest, size, &taken))
        return false;
    *value = 0;
    for (size_t i = 0; i < size; i++)
        *value = *value << 8 | taken.data[i];
    return true;
}

/* A LEB128 number: seven bits per byte, lowest first, the top bit set on all bytes but
 * the last. Reads at most `bytes_max` bytes; 10 are enough for any value. */
static inline bool cursor_take_varint(struct span *rest, size_t bytes_max, uint64_t *value)
{
    uint64_t number = 0;

    for (size_t i = 0; i < bytes_max && i < rest->len; i++) {
        number |= (uint64_t)(rest->data[i] & 0x7f) << (7 * i);
        if (!(rest->data[i] & 0x80)) {
            *value = number;
            *rest = span_of(rest->data + i + 1, rest->len - i - 1);
            return true;
        }
    }
    return false;
}

#endif
