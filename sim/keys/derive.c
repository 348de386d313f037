#include "sim/keys/derive.h"

#include "crypto/hkdf.h"

void derive_key(const uint8_t key[static 32], const struct bytes *parts, size_t count, uint8_t out[static 32])
{
    hkdf_sha256((struct bytes){"RATLS", 5}, (struct bytes){key, 32}, parts, count, out, 32);
}
