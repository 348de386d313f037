/* AES-256-GCM (NIST SP 800-38D), by nettle. */
#ifndef CRYPTO_AES_GCM_H
#define CRYPTO_AES_GCM_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

#define AES_GCM_IV_BYTES 12
#define AES_GCM_TAG_BYTES 16

/* Decrypts len bytes and checks the tag, without additional data.
 * Out: plain, len bytes; all zero if the tag is wrong.
 * Returns 0, or -1 if the tag is wrong. */
MUST_CHECK int aes_gcm_decrypt(const uint8_t key32[static 32], const uint8_t iv[static AES_GCM_IV_BYTES],
                               const uint8_t *in, size_t len, const uint8_t tag[static AES_GCM_TAG_BYTES],
                               uint8_t *plain);

#endif
