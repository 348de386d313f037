#include "crypto/aes_gcm.h"

#include <nettle/gcm.h>

int aes_gcm_decrypt(const uint8_t key32[static 32], const uint8_t iv[static AES_GCM_IV_BYTES],
                    const uint8_t *in, size_t len, const uint8_t tag[static AES_GCM_TAG_BYTES],
                    uint8_t *plain)
{
    struct gcm_aes256_ctx context;
    uint8_t computed[AES_GCM_TAG_BYTES];
    bool right;

    gcm_aes256_set_key(&context, key32);
    gcm_aes256_set_iv(&context, AES_GCM_IV_BYTES, iv);
    gcm_aes256_decrypt(&context, len, plain, in);
    gcm_aes256_digest(&context, sizeof computed, computed);
    right = bytes_equal_secret(computed, tag, sizeof computed);
    bytes_wipe(&context, sizeof context);
    if (!right)
        bytes_wipe(plain, len);
    return right ? 0 : -1;
}
