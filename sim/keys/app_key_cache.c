#include "sim/keys/app_key_cache.h"

#include <stdlib.h>

#include "sim/base/fnv1a.h"
#include "sim/base/memory.h"

#define SLOTS 256 /* a power of two */

_Static_assert(APP_KEY_CACHE_NAME_BYTES_MAX <= UINT8_MAX, "the length of a part takes one byte");

struct app_key_cache {
    struct {
        struct app_key_cache_name name; /* len 0: no key here */
        struct app_key key;
    } slots[SLOTS];
};

struct app_key_cache *app_key_cache_new(void)
{
    return memory_zalloc(sizeof(struct app_key_cache));
}

void app_key_cache_free(struct app_key_cache *cache)
{
    if (cache)
        bytes_wipe(cache, sizeof *cache);
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
    size_t slot = slot_of(name);
    const struct app_key_cache_name *kept = &cache->slots[slot].name;

    if (name->len == 0 || kept->len != name->len || memcmp(kept->bytes, name->bytes, name->len) != 0)
        return false;
    *key = cache->slots[slot].key;
    return true;
}

void app_key_cache_add(struct app_key_cache *cache, const struct app_key_cache_name *name,
                       const struct app_key *key)
{
    size_t slot = slot_of(name);

    if (name->len == 0)
        return;
    cache->slots[slot].name = *name;
    cache->slots[slot].key = *key;
}
