/* HKDF-SHA-256 (RFC 5869), by nettle. */
#ifndef CRYPTO_HKDF_H
#define CRYPTO_HKDF_H

#include "crypto/bytes.h"

/* Derives out_len bytes (at most 255 * 32) from key.
 * In: salt, key: any length. info: its parts, which are concatenated. */
void hkdf_sha256(struct bytes salt, struct bytes key, const struct bytes *info, size_t info_count,
                 uint8_t *out, size_t out_len);

#endif
