/* The app's signing key and the algorithms of GetKey, Sign and Verify. */
#ifndef KEYS_SIGNING_H
#define KEYS_SIGNING_H

#include "sim/base/span.h"
#include "sim/keys/app_key.h"

enum signing_algorithm { SIGNING_SECP256K1, SIGNING_SECP256K1_PREHASHED, SIGNING_ED25519 };

/* secp256k1 (or k256), secp256k1_prehashed, ed25519; anything else is an error. */
MUST_CHECK int signing_algorithm_by_name(const char *name, enum signing_algorithm *algorithm,
                                         struct error *error);

/* The key of a path. algorithm: its name as in GetKey; empty means secp256k1, and
 * secp256k1_prehashed is refused. */
MUST_CHECK int signing_path_key(const struct keyring *keyring, const char *algorithm, const char *path,
                                const char *purpose, struct app_key *key, struct error *error);

/* The key that Sign uses. */
MUST_CHECK int signing_app_key(const struct keyring *keyring, enum signing_algorithm algorithm,
                               struct app_key *key, struct error *error);

/* Signs data (with prehashed: a 32-byte digest) with the key of signing_app_key. */
MUST_CHECK int signing_sign(const struct k256 *k256, enum signing_algorithm algorithm,
                            const struct app_key *key, struct span data, uint8_t signature[static 64],
                            struct error *error);

/* Sets *valid. Prehashed data may have any length: less than 16 bytes are never valid, less than
 * 32 have zeros on the left, and of more the leftmost 32 count. Fails for a malformed key or
 * signature. */
MUST_CHECK int signing_verify(const struct k256 *k256, enum signing_algorithm algorithm, struct span data,
                              struct span signature, struct span public_key, bool *valid,
                              struct error *error);

#endif
