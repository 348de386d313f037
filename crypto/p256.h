/* ECDSA over P-256 with SHA-256 (FIPS 186-5, RFC 6979 nonces).
 * By nettle/hogweed, which signs many times faster than mbedTLS.
 * Scalars and coordinates are big-endian. */
#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

#define P256_PUBLIC_BYTES 64    /* x || y, without the 04 before it */
#define P256_SIGNATURE_BYTES 64 /* r || s */

struct p256_key {
    uint8_t scalar[32];
    uint8_t public_key[P256_PUBLIC_BYTES];
};

/* Makes the key for a scalar.
 * Returns 0, or -1 (and an all-zero key) if it is zero or not below the group order. */
MUST_CHECK int p256_key_from_scalar(struct p256_key *key, const uint8_t scalar32[static 32]);

/* A fresh random key. */
void p256_key_generate(struct p256_key *key);

/* The same key and digest always give the same signature; an all-zero key gives zeros. */
void p256_sign(const struct p256_key *key, const uint8_t digest32[static 32], uint8_t signature64[static 64]);

/* Also returns false if the key is not a point on the curve. */
bool p256_verify(const uint8_t public64[static 64], const uint8_t digest32[static 32],
                 const uint8_t signature64[static 64]);

#endif
