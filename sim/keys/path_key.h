/* The keys of the unversioned GetKey: named by a path, which alone decides the private key of
 * every algorithm. */
#ifndef KEYS_PATH_KEY_H
#define KEYS_PATH_KEY_H

#include "sim/keys/app_key.h"

/* The key of that path. Its signature is over Keccak-256(purpose || ':' || hex of the public
 * key). Fails if the path does not yield a valid key. */
MUST_CHECK int path_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm, const char *path,
                            const char *purpose, struct app_key *key, struct error *error);

#endif
