/* Byte order, comparison and wiping of secrets. */
#ifndef CRYPTO_BYTES_H
#define CRYPTO_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One piece of an input to hashing or key derivation. */
struct bytes {
    const void *data; /* may be NULL if len is 0 */
    size_t len;
};

static inline void bytes_put_le16(uint8_t out[static 2], uint16_t v)
{
    out[0] = (uint8_t)v;
    out[1] = (uint8_t)(v >> 8);
}

static inline void bytes_put_le32(uint8_t out[static 4], uint32_t v)
{
    bytes_put_le16(out, (uint16_t)v);
    bytes_put_le16(out + 2, (uint16_t)(v >> 16));
}

static inline void bytes_put_le64(uint8_t out[static 8], uint64_t v)
{
    bytes_put_le32(out, (uint32_t)v);
    bytes_put_le32(out + 4, (uint32_t)(v >> 32));
}

static inline void bytes_put_be32(uint8_t out[static 4], uint32_t v)
{
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(v >> (24 - 8 * i));
}

static inline void bytes_put_be64(uint8_t out[static 8], uint64_t v)
{
    for (int i = 0; i < 8; i++)
        out[i] = (uint8_t)(v >> (56 - 8 * i));
}

static inline uint16_t bytes_get_le16(const uint8_t in[static 2])
{
    return (uint16_t)(in[0] | in[1] << 8);
}

static inline uint32_t bytes_get_le32(const uint8_t in[static 4])
{
    return (uint32_t)bytes_get_le16(in) | (uint32_t)bytes_get_le16(in + 2) << 16;
}

/* Overwrites a secret in a way that the compiler may not optimize away. */
void bytes_wipe(void *secret, size_t len);

/* Compares in time that depends only on len, and reveals no more than the result. */
bool bytes_equal_secret(const void *a, const void *b, size_t len);

#endif
