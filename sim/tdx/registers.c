#include "sim/tdx/registers.h"

#include "crypto/hash.h"

void registers_extend(struct registers *registers, unsigned index,
                      const uint8_t digest[static REGISTER_BYTES])
{
    const struct bytes parts[] = {{registers->rtmr[index], REGISTER_BYTES}, {digest, REGISTER_BYTES}};

    hash_parts(HASH_SHA384, parts, 2, registers->rtmr[index]);
}

void registers_aggregate(const struct registers *registers, uint8_t aggregated[static 32])
{
    const struct bytes parts[] = {
        {registers->mrtd, REGISTER_BYTES},
        {registers->rtmr, sizeof registers->rtmr},
    };

    hash_parts(HASH_SHA256, parts, 2, aggregated);
}

void registers_system(const struct registers *registers, struct span key_provider_info,
                      uint8_t system[static 32])
{
    uint8_t provider[32];
    const struct bytes parts[] = {
        {registers->mrtd, REGISTER_BYTES},
        {registers->rtmr, (RTMR_COUNT - 1) * REGISTER_BYTES},
        {provider, sizeof provider},
    };

    hash_sha256(key_provider_info.data, key_provider_info.len, provider);
    hash_parts(HASH_SHA256, parts, 3, system);
}
