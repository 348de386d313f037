/* The keys that an app requests by name, and the signatures that bind them to the app key. */
#ifndef KEYS_APP_KEY_H
#define KEYS_APP_KEY_H

#include "sim/keys/keyring.h"

enum app_key_algorithm { APP_KEY_SECP256K1, APP_KEY_ED25519 };

struct app_key {
    uint8_t private_key[32]; /* scalar, or Ed25519 seed */
    uint8_t public_key[K256_PUBLIC_BYTES];
    size_t public_key_len; /* 33, or 32 for Ed25519 */
    /* The app key's recoverable signature over a claim for public_key; the kind of name says which. */
    uint8_t signature[K256_RECOVERABLE_BYTES];
};

/* Fills in the public key. Fails if private_key is not a scalar of secp256k1, that is, zero or
 * not below the group's order; every seed of Ed25519 is valid. */
MUST_CHECK int app_key_complete(const struct k256 *k256, enum app_key_algorithm algorithm,
                                struct app_key *key);

/* Fills in the signature by the app key over Keccak-256 of the concatenated parts. */
MUST_CHECK int app_key_vouch(const struct keyring *keyring, const struct bytes *parts, size_t count,
                             struct app_key *key);

#endif
