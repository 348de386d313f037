/* The keys of the versioned GetKey: named by a domain, and different for each algorithm (dstack,
 * "Guest Agent API v1": key derivation and signature chain). */
#ifndef KEYS_DOMAIN_KEY_H
#define KEYS_DOMAIN_KEY_H

#include "sim/base/span.h"
#include "sim/keys/app_key.h"

/* Exactly secp256k1 or ed25519. */
MUST_CHECK int domain_key_algorithm(const char *name, enum app_key_algorithm *algorithm, struct error *error);

/* The key of that domain, which may be any bytes. With LP(x) = u32be length || x,
 *
 *     private key = HKDF-SHA-256(salt "dstack-guest-v1", the app key,
 *                                LP("dstack-guest-v1-key") || LP(algorithm) || LP(domain))
 *     signature over Keccak-256(LP("dstack-guest-v1-key-claim") || LP(algorithm) || LP(domain)
 *                               || LP(public key))
 *
 * Fails if the domain does not yield a valid key. */
MUST_CHECK int domain_key_get(const struct keyring *keyring, enum app_key_algorithm algorithm,
                              struct span domain, struct app_key *key, struct error *error);

#endif
