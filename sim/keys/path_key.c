#include "sim/keys/path_key.h"

#include "sim/base/hex.h"
#include "sim/keys/app_key_cache.h"
#include "sim/keys/derive.h"

static int vouch(const struct keyring *keyring, const char *purpose, struct app_key *key)
{
    char digits[2 * K256_PUBLIC_BYTES];
    const struct bytes claim[] = {{purpose, strlen(purpose)}, {":", 1}, {digits, 2 * key->public_key_len}};

    hex_encode(key->public_key, key->public_key_len, digits);
    return app_key_vouch(keyring, claim, 3, key);
}

int path_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm, const char *path,
                 const char *purpose, struct app_key *key, struct error *error)
{
    const struct bytes parts[] = {{"path", 4}, {path, strlen(path)}, {purpose, strlen(purpose)}};
    struct app_key_cache_name name;

    app_key_cache_name_init(&name, (uint8_t)algorithm, parts, 3);
    if (app_key_cache_find(keyring->cache, &name, key))
        return 0;
    derive_key(keyring->keys->k256_key, &parts[1], 1, key->private_key);
    if (app_key_complete(keyring->k256, algorithm, key) || vouch(keyring, purpose, key))
        return error_input(error, "this path does not yield a valid key; choose another");
    app_key_cache_add(keyring->cache, &name, key);
    return 0;
}
