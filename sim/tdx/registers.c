#include "sim/tdx/registers.h"

#include "crypto/hash.h"

void registers_extend(struct registers *registers, unsigned index,
                      const uint8_t digest[static REGISTER_BYTES])
{
    const struct bytes parts[] = {{registers->rtmr[index], REGISTER_BYTES}, {digest, REGISTER_BYTES}};

    hash_parts(HASH_SHA384, parts, 2, registers->rtmr[index]);
}

static bool is_set(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.data[i] != 0)
            return true;
    return false;
}

void registers_aggregate_owned(const struct registers *registers, struct span owner,
                               uint8_t aggregated[static 32])
{
    const struct bytes parts[] = {
        {registers->mrtd, REGISTER_BYTES},
        {registers->rtmr, sizeof registers->rtmr},
        {owner.data, owner.len},
    };

    hash_parts(HASH_SHA256, parts, is_set(owner) ? 3 : 2, aggregated);
}

void registers_aggregate(const struct registers *registers, uint8_t aggregated[static 32])
{
    uint8_t owner[REGISTERS_OWNER_BYTES] = {0};

    memcpy(owner, registers->config_id, sizeof registers->config_id);
    registers_aggregate_owned(registers, span_of(owner, sizeof owner), aggregated);
}

void registers_system(const struct registers *registers, struct span key_provider_info,
                      uint8_t mr_system[static 32])
{
    uint8_t provider[32] = {0};
    const struct bytes parts[] = {
        {registers->mrtd, REGISTER_BYTES},
        {registers->rtmr, RTMR_BOOT_COUNT * REGISTER_BYTES},
        {provider, sizeof provider},
    };

    if (key_provider_info.len)
        hash_sha256(key_provider_info.data, key_provider_info.len, provider);
    hash_parts(HASH_SHA256, parts, 3, mr_system);
}
