/* The app's signing key and the algorithms of GetKey, Sign and Verify. */
#ifndef KEYS_SIGNING_H
#define KEYS_SIGNING_H

#include "sim/base/span.h"
#include "sim/keys/app_key.h"

enum signing_algorithm { SIGNING_SECP256K1, SIGNING_SECP256K1_PREHASHED, SIGNING_ED25519 };

/* secp256k1 (or k256), secp256k1_prehashed, ed25519; anything else is an error. */
MUST_CHECK int signing_algorithm_by_name(const char *name, enum signing_algorithm *algorithm,
                                         struct error *error);

/* The key of a path, by the name of its algorithm as GetKey takes it: empty is
 * secp256k1, and a prehashed key is no key. */
MUST_CHECK int signing_path_key(const struct keyring *keyring, const char *algorithm, const char *path,
                                const char *purpose, struct app_key *key, struct error *error);

/* The key Sign signs with. */
MUST_CHECK int signing_app_key(const struct keyring *keyring, enum signing_algorithm algorithm,
                               struct app_key *key, struct error *error);

/* Signs data (a 32-byte digest when prehashed) with the key of signing_app_key. */
MUST_CHECK int signing_sign(const struct k256 *k256, enum signing_algorithm algorithm,
                            const struct app_key *key, struct span data, uint8_t signature[static 64],
                            struct error *error);

/* Sets *valid. A malformed key or signature is an error. */
MUST_CHECK int signing_verify(const struct k256 *k256, enum signing_algorithm algorithm, struct span data,
                              struct span signature, struct span public_key, bool *valid,
                              struct error *error);

#endif
