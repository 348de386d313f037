#include "sim/keys/app_key.h"

#include <stdlib.h>

#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "sim/base/fnv1a.h"
#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/keys/derive.h"

#define CACHE_SLOTS 256 /* a power of two */
#define CACHE_NAME_BYTES 120

/* What a key depends on: algorithm, path and purpose. */
struct cache_name {
    uint8_t bytes[CACHE_NAME_BYTES];
    size_t len; /* 0: no key here */
};

struct app_key_cache {
    struct {
        struct cache_name name;
        struct app_key key;
    } slots[CACHE_SLOTS];
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

/* Returns -1 if the name is too long for the cache. */
static int make_name(struct cache_name *name, enum app_key_algorithm algorithm, const char *path,
                     const char *purpose)
{
    size_t path_len = strlen(path), purpose_len = strlen(purpose);

    if (path_len >= CACHE_NAME_BYTES || purpose_len >= CACHE_NAME_BYTES ||
        1 + path_len + 1 + purpose_len > CACHE_NAME_BYTES)
        return -1;
    name->bytes[0] = (uint8_t)algorithm;
    memcpy(name->bytes + 1, path, path_len + 1);
    memcpy(name->bytes + 1 + path_len + 1, purpose, purpose_len);
    name->len = 1 + path_len + 1 + purpose_len;
    return 0;
}

/* A collision costs only another derivation. */
static size_t slot_of(const struct cache_name *name)
{
    return fnv1a(name->bytes, name->len) % CACHE_SLOTS;
}

static int derive_pair(const struct keyring *keyring, enum app_key_algorithm algorithm, const char *path,
                       struct app_key *key)
{
    const struct bytes part = {path, strlen(path)};

    derive_key(keyring->keys->k256_key, &part, 1, key->private_key);
    if (algorithm == APP_KEY_ED25519) {
        key->public_key_len = 32;
        ed25519_public_key(key->private_key, key->public_key);
        return 0;
    }
    key->public_key_len = K256_PUBLIC_BYTES;
    return k256_public_key(keyring->k256, key->private_key, key->public_key);
}

static int sign_pair(const struct keyring *keyring, const char *purpose, struct app_key *key)
{
    char digits[2 * K256_PUBLIC_BYTES];
    const struct bytes message[] = {{purpose, strlen(purpose)}, {":", 1}, {digits, 2 * key->public_key_len}};
    uint8_t digest[32];

    hex_encode(key->public_key, key->public_key_len, digits);
    hash_parts(HASH_KECCAK256, message, 3, digest);
    return k256_sign_recoverable(keyring->k256, keyring->keys->k256_key, digest, key->signature);
}

int app_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm, const char *path,
                const char *purpose, struct app_key *key, struct error *error)
{
    struct cache_name name;
    bool fits = make_name(&name, algorithm, path, purpose) == 0;
    size_t slot = fits ? slot_of(&name) : 0;
    const struct cache_name *kept = &keyring->cache->slots[slot].name;

    if (fits && kept->len == name.len && memcmp(kept->bytes, name.bytes, name.len) == 0) {
        *key = keyring->cache->slots[slot].key;
        return 0;
    }
    if (derive_pair(keyring, algorithm, path, key) || sign_pair(keyring, purpose, key))
        return error_input(error, "this path does not yield a valid key; choose another");
    if (fits) {
        keyring->cache->slots[slot].name = name;
        keyring->cache->slots[slot].key = *key;
    }
    return 0;
}
