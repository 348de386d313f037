/* Hash functions: SHA-2 and SHA-3 (FIPS 180-4, FIPS 202) and the original Keccak
 * padding that Ethereum uses. By nettle; allocates nothing. */
#ifndef CRYPTO_HASH_H
#define CRYPTO_HASH_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

enum hash_algorithm {
    HASH_SHA256,
    HASH_SHA384,
    HASH_SHA512,
    HASH_SHA3_256,
    HASH_SHA3_384,
    HASH_SHA3_512,
    HASH_KECCAK256,
    HASH_KECCAK384,
    HASH_KECCAK512,
};

/* Finds the algorithm with that lower-case name ("sha256", "sha3-384", "keccak512").
 * Returns 0, or -1 if there is none, and then leaves *algorithm unchanged. */
MUST_CHECK int hash_by_name(const char *name, enum hash_algorithm *algorithm);

/* Hashes the concatenated parts.
 * Out: the digest: 32, 48 or 64 bytes. */
void hash_parts(enum hash_algorithm algorithm, const struct bytes *parts, size_t count, uint8_t *out);

/* The same for one part. */
void hash_sha256(const void *data, size_t len, uint8_t out[static 32]);
void hash_sha384(const void *data, size_t len, uint8_t out[static 48]);

/* SHA-1, for X.509 key identifiers only (RFC 5280, 4.2.1.2). */
void hash_sha1_key_id(const void *data, size_t len, uint8_t out[static 20]);

#endif
