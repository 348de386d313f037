#include "crypto/p256_memory.h"

#include <string.h>

#include "crypto/hash.h"

_Static_assert(P256_MEMORY_SETS <= 256, "the first byte of a hash says which set it is in");

static bool is_in(uint8_t set[static P256_MEMORY_WAYS][32], const uint8_t hash[static 32])
{
    for (size_t i = 0; i < P256_MEMORY_WAYS; i++)
        if (memcmp(set[i], hash, 32) == 0)
            return true;
    return false;
}

static void add(uint8_t set[static P256_MEMORY_WAYS][32], const uint8_t hash[static 32])
{
    memmove(set[1], set[0], (P256_MEMORY_WAYS - 1) * sizeof *set);
    memcpy(set[0], hash, sizeof *set);
}

bool p256_memory_verify(struct p256_memory *memory, const uint8_t public64[static 64],
                        const uint8_t digest32[static 32], const uint8_t signature64[static 64])
{
    const struct bytes parts[] = {{public64, 64}, {digest32, 32}, {signature64, 64}};
    uint8_t hash[32], (*set)[32];

    if (!memory)
        return p256_verify(public64, digest32, signature64);
    hash_parts(HASH_SHA256, parts, 3, hash);
    set = memory->known[hash[0] % P256_MEMORY_SETS];
    if (is_in(set, hash))
        return true;
    if (!p256_verify(public64, digest32, signature64))
        return false;
    add(set, hash);
    return true;
}
