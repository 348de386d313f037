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
