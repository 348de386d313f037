#include "sim/vmm/vmm_compose.h"

#include "crypto/hash.h"
#include "sim/app/app_compose.h"
#include "sim/base/hex.h"

int vmm_compose_check(struct span compose, struct error *error)
{
    struct app_compose parsed;

    if (app_compose_parse(&parsed, compose, error))
        return error_context(error, "Invalid compose file");
    app_compose_free(&parsed);
    return 0;
}

bool vmm_compose_has_gateway(struct span compose)
{
    struct error ignored = {.kind = ERROR_NONE};
    struct app_compose parsed;
    bool has_gateway;

    if (app_compose_parse(&parsed, compose, &ignored))
        return false;
    has_gateway = app_compose_wants_gateway(&parsed);
    app_compose_free(&parsed);
    return has_gateway;
}

char *vmm_compose_hash(struct span compose, struct arena *arena)
{
    char *hex = arena_zalloc(arena, 2 * 32 + 1);
    uint8_t digest[32];

    hash_sha256(compose.data, compose.len, digest);
    hex_encode(digest, sizeof digest, hex);
    return hex;
}

void vmm_compose_app_id(struct span compose, char app_id[static 2 * APP_ID_BYTES + 1])
{
    uint8_t digest[32];

    hash_sha256(compose.data, compose.len, digest);
    hex_encode(digest, APP_ID_BYTES, app_id);
    app_id[2 * APP_ID_BYTES] = '\0';
}
