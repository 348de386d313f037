#include "crypto/p256_nonces.h"

#include <string.h>

const uint8_t p256_nonces_order[32] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static void set_k(struct p256_nonces *nonces, const uint8_t k[static 32])
{
    hmac_sha256_set_key(&nonces->k, 32, k);
}

/* V = HMAC(K, V) */
static void step(struct p256_nonces *nonces)
{
    hmac_sha256_update(&nonces->k, sizeof nonces->v, nonces->v);
    hmac_sha256_digest(&nonces->k, sizeof nonces->v, nonces->v);
}

/* K = HMAC(K, V || number || seed), then a step. */
static void update(struct p256_nonces *nonces, uint8_t number, const uint8_t *seed, size_t seed_len)
{
    uint8_t k[32];

    hmac_sha256_update(&nonces->k, sizeof nonces->v, nonces->v);
    hmac_sha256_update(&nonces->k, 1, &number);
    if (seed_len > 0)
        hmac_sha256_update(&nonces->k, seed_len, seed);
    hmac_sha256_digest(&nonces->k, sizeof k, k);
    set_k(nonces, k);
    bytes_wipe(k, sizeof k);
    step(nonces);
}

/* bits2octets: a digest is below twice the order, so one subtraction is enough. */
static void reduce(uint8_t out[static 32], const uint8_t digest32[static 32])
{
    bool above = memcmp(digest32, p256_nonces_order, sizeof p256_nonces_order) >= 0;
    int borrow = 0;

    for (int i = 31; i >= 0; i--) {
        int digit = digest32[i] - (above ? p256_nonces_order[i] : 0) - borrow;

        borrow = digit < 0;
        out[i] = (uint8_t)(digit & 0xff);
    }
}

void p256_nonces_init(struct p256_nonces *nonces, const uint8_t scalar32[static 32],
                      const uint8_t digest32[static 32])
{
    static const uint8_t zeros[32];
    uint8_t seed[64];

    memcpy(seed, scalar32, 32);
    reduce(seed + 32, digest32);
    set_k(nonces, zeros);
    memset(nonces->v, 0x01, sizeof nonces->v);
    nonces->has_drawn = false;
    update(nonces, 0x00, seed, sizeof seed);
    update(nonces, 0x01, seed, sizeof seed);
    bytes_wipe(seed, sizeof seed);
}

void p256_nonces_draw(struct p256_nonces *nonces, uint8_t nonce32[static 32])
{
    if (nonces->has_drawn)
        update(nonces, 0x00, NULL, 0);
    nonces->has_drawn = true;
    step(nonces);
    memcpy(nonce32, nonces->v, sizeof nonces->v);
}

void p256_nonces_draw_blind(struct p256_nonces *nonces, uint8_t blind32[static 32])
{
    step(nonces);
    memcpy(blind32, nonces->v, sizeof nonces->v);
}
