/* Remembers signatures that have been found valid, so that those of certificates, revocation lists
 * and collateral are not verified again for every quote. What was valid once stays valid: dates
 * and revocation are not this file's business. */
#ifndef CRYPTO_P256_MEMORY_H
#define CRYPTO_P256_MEMORY_H

#include "crypto/p256.h"

#define P256_MEMORY_SETS 64
#define P256_MEMORY_WAYS 4

/* SHA-256 of key, digest and signature; in each set, the newest first. All zero: nothing is remembered.
 * Of those that meet in one set, the oldest is forgotten. */
struct p256_memory {
    uint8_t known[P256_MEMORY_SETS][P256_MEMORY_WAYS][32];
};

/* p256_verify, unless it is known to be true. memory may be NULL. */
bool p256_memory_verify(struct p256_memory *memory, const uint8_t public64[static 64],
                        const uint8_t digest32[static 32], const uint8_t signature64[static 64]);

#endif
