#include "sim/base/keyed_hash.h"

static uint64_t product(uint64_t word)
{
    return (word & UINT32_MAX) * (word >> 32);
}

/* As NH (RFC 4418, section 5.2): products of halves that are hidden by the key. All of their bits together are
 * hardly ever the same for two texts, but some of them often are. */
static uint64_t mixed(uint64_t state, uint64_t key, const uint64_t words[static 2])
{
    return product(state ^ words[0]) + product(key ^ words[1]);
}

/* Lets each bit depend on all, as SplitMix64 does. */
static uint32_t spread(uint64_t state)
{
    state = (state ^ state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    state = (state ^ state >> 27) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(state >> 32);
}

uint32_t keyed_hash(const uint64_t key[static 2], uint32_t table, struct span text)
{
    uint64_t words[2] = {(uint64_t)table << 32 | (uint32_t)text.len, 0};
    uint64_t state = mixed(key[0], key[1], words); /* in which no text can undo its table */
    size_t at = 0;

    for (; text.len - at >= sizeof words; at += sizeof words) {
        memcpy(words, text.data + at, sizeof words);
        state = mixed(state, key[1], words);
    }
    memset(words, 0, sizeof words);
    if (text.len > at)
        memcpy(words, text.data + at, text.len - at);
    return spread(mixed(state, key[1], words));
}
