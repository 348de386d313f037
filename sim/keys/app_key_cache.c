#include "sim/keys/app_key_cache.h"

#include <stdlib.h>

#include "sim/base/fnv1a.h"
#include "sim/base/memory.h"

#define SLOTS 256 /* a power of two */

_Static_assert(APP_KEY_CACHE_NAME_BYTES_MAX <= UINT8_MAX, "the length of a part takes one byte");

struct slot {
    struct app_key_cache_name name; /* len 0: no key here */
    struct app_key key;
};

struct app_key_cache {
    struct slot *slots; /* SLOTS of them; NULL until a key is added, as most TDs are asked for none */
};

struct app_key_cache *app_key_cache_new(void)
{
    return memory_zalloc(sizeof(struct app_key_cache));
}

void app_key_cache_free(struct app_key_cache *cache)
{
    if (cache && cache->slots)
        bytes_wipe(cache->slots, SLOTS * sizeof *cache->slots);
    if (cache)
        free(cache->slots);
    free(cache);
}

void app_key_cache_name_init(struct app_key_cache_name *name, uint8_t kind, const struct bytes *parts,
                             size_t count)
{
    size_t len = 0;

    name->len = 0;
    name->bytes[len++] = kind;
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len >= sizeof name->bytes - len)
            return;
        name->bytes[len++] = (uint8_t)parts[i].len;
        if (parts[i].len)
            memcpy(name->bytes + len, parts[i].data, parts[i].len);
        len += parts[i].len;
    }
    name->len = len;
}

/* A collision costs only another derivation. */
static size_t slot_of(const struct app_key_cache_name *name)
{
    return fnv1a(name->bytes, name->len) % SLOTS;
}

bool app_key_cache_find(const struct app_key_cache *cache, const struct app_key_cache_name *name,
                        struct app_key *key)
{
    const struct slot *slot = cache->slots ? &cache->slots[slot_of(name)] : NULL;

    if (!slot || name->len == 0 || slot->name.len != name->len ||
        memcmp(slot->name.bytes, name->bytes, name->len) != 0)
        return false;
    *key = slot->key;
    return true;
}

void app_key_cache_add(struct app_key_cache *cache, const struct app_key_cache_name *name,
                       const struct app_key *key)
{
    if (name->len == 0)
        return;
    if (!cache->slots)
        cache->slots = memory_zalloc(SLOTS * sizeof *cache->slots);
    cache->slots[slot_of(name)] = (struct slot){*name, *key};
}
