#include "sim/keys/app_key.h"

#include "crypto/ed25519.h"
#include "crypto/hash.h"

int app_key_complete(const struct k256 *k256, enum app_key_algorithm algorithm, struct app_key *key)
{
    if (algorithm == APP_KEY_ED25519) {
        key->public_key_len = 32;
        ed25519_public_key(key->private_key, key->public_key);
        return 0;
    }
    key->public_key_len = K256_PUBLIC_BYTES;
    return k256_public_key(k256, key->private_key, key->public_key);
}

int app_key_vouch(const struct keyring *keyring, const struct bytes *parts, size_t count, struct app_key *key)
{
    uint8_t digest[32];

    hash_parts(HASH_KECCAK256, parts, count, digest);
    return k256_sign_recoverable(keyring->k256, keyring->keys->k256_key, digest, key->signature);
}
