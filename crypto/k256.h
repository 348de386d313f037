/* ECDSA over secp256k1, with recovery (SEC 1; RFC 6979 nonces, low s), by libsecp256k1.
 * Keys and digests are big-endian. */
#ifndef CRYPTO_K256_H
#define CRYPTO_K256_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

#define K256_PUBLIC_BYTES 33      /* compressed */
#define K256_SIGNATURE_BYTES 64   /* r || s */
#define K256_RECOVERABLE_BYTES 65 /* r || s || recovery id 0..3 */

/* The library's tables; make one and pass it around. */
struct k256;

struct k256 *k256_new(void); /* never NULL */
void k256_free(struct k256 *k256);

/* Each returns 0, or -1 if key32 is not a private key; the output is then zero. */
MUST_CHECK int k256_public_key(const struct k256 *k256, const uint8_t key32[static 32],
                               uint8_t public33[static 33]);
MUST_CHECK int k256_sign(const struct k256 *k256, const uint8_t key32[static 32],
                         const uint8_t digest32[static 32], uint8_t signature64[static 64]);
MUST_CHECK int k256_sign_recoverable(const struct k256 *k256, const uint8_t key32[static 32],
                                     const uint8_t digest32[static 32], uint8_t signature65[static 65]);

/* Recovers the key that signed. Returns 0, or -1 if the signature is malformed or no key can have made it;
 * the output is then zero. */
MUST_CHECK int k256_recover(const struct k256 *k256, const uint8_t digest32[static 32],
                            const uint8_t signature65[static 65], uint8_t public33[static 33]);

/* Whether the key is a point on the curve, in 33 bytes compressed or 65 uncompressed. */
bool k256_is_public_key(const struct k256 *k256, const uint8_t *public_key, size_t len);

/* Whether it is a well-formed signature: r and s not zero and below the group order. */
bool k256_is_signature(const struct k256 *k256, const uint8_t signature64[static 64]);

/* Whether it is the key's signature over the digest, with a low s. */
bool k256_verify(const struct k256 *k256, const uint8_t *public_key, size_t public_key_len,
                 const uint8_t digest32[static 32], const uint8_t signature64[static 64]);

#endif
