#include "sim/tdx/event.h"

#include "crypto/hash.h"

void event_runtime_digest(const char *name, struct span payload, uint8_t digest[static REGISTER_BYTES])
{
    uint8_t type[4];
    const struct bytes parts[] = {
        {type, sizeof type}, {":", 1}, {name, strlen(name)}, {":", 1}, {payload.data, payload.len},
    };

    bytes_put_le32(type, EVENT_TYPE_RUNTIME);
    hash_parts(HASH_SHA384, parts, sizeof parts / sizeof *parts, digest);
}
