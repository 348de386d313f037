#include "crypto/hkdf.h"

#include <nettle/hmac.h>
#include <string.h>

static void update(struct hmac_sha256_ctx *hmac, struct bytes part)
{
    if (part.len > 0)
        hmac_sha256_update(hmac, part.len, part.data);
}

static void extract(struct bytes salt, struct bytes key, uint8_t out[static SHA256_DIGEST_SIZE])
{
    struct hmac_sha256_ctx hmac;

    hmac_sha256_set_key(&hmac, salt.len, salt.len > 0 ? salt.data : (const uint8_t *)"");
    update(&hmac, key);
    hmac_sha256_digest(&hmac, SHA256_DIGEST_SIZE, out);
    bytes_wipe(&hmac, sizeof hmac);
}

/* Nettle's own hkdf_expand needs info in one piece. Every digest call resets the HMAC to
 * its key. */
static void expand(struct hmac_sha256_ctx *hmac, const struct bytes *info, size_t info_count, uint8_t *out,
                   size_t out_len)
{
    uint8_t block[SHA256_DIGEST_SIZE];

    for (uint8_t number = 1; out_len > 0; number++) {
        size_t take = out_len < sizeof block ? out_len : sizeof block;

        if (number > 1)
            hmac_sha256_update(hmac, sizeof block, block);
        for (size_t i = 0; i < info_count; i++)
            update(hmac, info[i]);
        hmac_sha256_update(hmac, 1, &number);
        hmac_sha256_digest(hmac, sizeof block, block);
        memcpy(out, block, take);
        out += take;
        out_len -= take;
    }
    bytes_wipe(block, sizeof block);
}

void hkdf_sha256(struct bytes salt, struct bytes key, const struct bytes *info, size_t info_count,
                 uint8_t *out, size_t out_len)
{
    uint8_t pseudorandom_key[SHA256_DIGEST_SIZE];
    struct hmac_sha256_ctx hmac;

    extract(salt, key, pseudorandom_key);
    hmac_sha256_set_key(&hmac, sizeof pseudorandom_key, pseudorandom_key);
    expand(&hmac, info, info_count, out, out_len);
    bytes_wipe(&hmac, sizeof hmac);
    bytes_wipe(pseudorandom_key, sizeof pseudorandom_key);
}
