/* A cache of fixed size for the keys that an app requests again and again: deriving one takes
 * two curve multiplications. */
#ifndef KEYS_APP_KEY_CACHE_H
#define KEYS_APP_KEY_CACHE_H

#include "sim/keys/app_key.h"

#define APP_KEY_CACHE_NAME_BYTES_MAX 120

/* All that a key depends on. */
struct app_key_cache_name {
    uint8_t bytes[APP_KEY_CACHE_NAME_BYTES_MAX];
    size_t len; /* 0: too long for the cache */
    uint32_t hash;
};

struct app_key_cache *app_key_cache_new(void);
void app_key_cache_free(struct app_key_cache *cache); /* wipes the keys; NULL is fine */

/* Names with another kind or other parts differ. */
void app_key_cache_name_init(struct app_key_cache_name *name, uint8_t kind, const struct bytes *parts,
                             size_t count);

/* Returns whether the key is in the cache, and copies it. */
bool app_key_cache_find(const struct app_key_cache *cache, const struct app_key_cache_name *name,
                        struct app_key *key);

/* Puts a key that is not in the cache into it, if its name is not too long; another may have to go. */
void app_key_cache_add(struct app_key_cache *cache, const struct app_key_cache_name *name,
                       const struct app_key *key);

#endif
