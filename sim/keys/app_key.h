/* The keys that an app requests by path, and the signatures that bind them to the app key.
 *
 * Deriving one takes two curve multiplications, so recent ones are kept in a small cache of
 * fixed size. */
#ifndef KEYS_APP_KEY_H
#define KEYS_APP_KEY_H

#include "sim/keys/keyring.h"

enum app_key_algorithm { APP_KEY_SECP256K1, APP_KEY_ED25519 };

struct app_key {
    uint8_t private_key[32]; /* scalar, or Ed25519 seed */
    uint8_t public_key[K256_PUBLIC_BYTES];
    size_t public_key_len; /* 33, or 32 for Ed25519 */
    /* The app key's recoverable signature over Keccak-256(purpose || ':' || hex of public_key). */
    uint8_t signature[K256_RECOVERABLE_BYTES];
};

struct app_key_cache *app_key_cache_new(void);
void app_key_cache_free(struct app_key_cache *cache); /* wipes the keys */

/* The key of that path for that purpose. Fails if the path does not yield a valid key. */
MUST_CHECK int app_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm, const char *path,
                           const char *purpose, struct app_key *key, struct error *error);

#endif
