#include "sim/keys/app_key_cache.h"

#include <stdlib.h>

#include "sim/base/fnv1a.h"
#include "sim/base/memory.h"

/* Keys whose names have the same hash share a set: an app that asks for some in turn finds them all. */
#define SETS 64 /* a power of two */
#define WAYS 4
#define SLOTS (SETS * WAYS)

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
    name->hash = fnv1a(name->bytes, len);
}

static struct slot *set_of(const struct app_key_cache *cache, const struct app_key_cache_name *name)
{
    return &cache->slots[name->hash % SETS * WAYS];
}

static bool is_named(const struct slot *slot, const struct app_key_cache_name *name)
{
    return slot->name.len == name->len && memcmp(slot->name.bytes, name->bytes, name->len) == 0;
}

bool app_key_cache_find(const struct app_key_cache *cache, const struct app_key_cache_name *name,
                        struct app_key *key)
{
    const struct slot *set;

    if (!cache->slots || name->len == 0)
        return false;
    set = set_of(cache, name);
    for (size_t i = 0; i < WAYS; i++)
        if (is_named(&set[i], name)) {
            *key = set[i].key;
            return true;
        }
    return false;
}

void app_key_cache_add(struct app_key_cache *cache, const struct app_key_cache_name *name,
                       const struct app_key *key)
{
    struct slot *set;

    if (name->len == 0)
        return;
    if (!cache->slots)
        cache->slots = memory_zalloc(SLOTS * sizeof *cache->slots);
    set = set_of(cache, name);
    memmove(&set[1], &set[0], (WAYS - 1) * sizeof *set); /* the oldest has to go */
    set[0] = (struct slot){*name, *key};
}
