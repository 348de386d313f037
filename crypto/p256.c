#include "crypto/p256.h"

#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <nettle/hmac.h>
#include <string.h>

#include "crypto/random.h"

/* The order of the group. */
static const uint8_t order[32] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static void wipe_limbs(mp_limb_t *limbs, size_t count)
{
    bytes_wipe(limbs, count * sizeof *limbs);
}

/* Nettle does not wipe memory before freeing it, so secrets are wiped here. */
static void scalar_clear(struct ecc_scalar *scalar)
{
    wipe_limbs(scalar->p, (size_t)ecc_size(scalar->ecc));
    ecc_scalar_clear(scalar);
}

static bool scalar_init(struct ecc_scalar *scalar, const uint8_t big_endian[static 32])
{
    mpz_t number;
    bool in_range;

    nettle_mpz_init_set_str_256_u(number, 32, big_endian);
    ecc_scalar_init(scalar, nettle_get_secp_256r1());
    in_range = ecc_scalar_set(scalar, number) != 0;
    wipe_limbs(mpz_limbs_modify(number, 1), mpz_size(number));
    mpz_clear(number);
    return in_range;
}

static void public_key_of(const struct ecc_scalar *scalar, uint8_t public64[static 64])
{
    struct ecc_point point;
    mpz_t x, y;

    mpz_inits(x, y, NULL);
    ecc_point_init(&point, scalar->ecc);
    ecc_point_mul_g(&point, scalar);
    ecc_point_get(&point, x, y);
    nettle_mpz_get_str_256(32, public64, x);
    nettle_mpz_get_str_256(32, public64 + 32, y);
    ecc_point_clear(&point);
    mpz_clears(x, y, NULL);
}

int p256_key_from_scalar(struct p256_key *key, const uint8_t scalar32[static 32])
{
    struct ecc_scalar scalar;
    bool in_range = scalar_init(&scalar, scalar32);

    if (in_range) {
        memmove(key->scalar, scalar32, sizeof key->scalar);
        public_key_of(&scalar, key->public_key);
    } else {
        bytes_wipe(key, sizeof *key);
    }
    scalar_clear(&scalar);
    return in_range ? 0 : -1;
}

void p256_key_generate(struct p256_key *key)
{
    uint8_t scalar[32];

    do
        random_bytes(scalar, sizeof scalar);
    while (p256_key_from_scalar(key, scalar) != 0);
    bytes_wipe(scalar, sizeof scalar);
}

/* The nonce generator of RFC 6979, 3.2. */
struct nonces {
    uint8_t k[32], v[32];
};

/* v = HMAC(k, v) */
static void nonces_step(struct nonces *nonces)
{
    struct hmac_sha256_ctx hmac;

    hmac_sha256_set_key(&hmac, sizeof nonces->k, nonces->k);
    hmac_sha256_update(&hmac, sizeof nonces->v, nonces->v);
    hmac_sha256_digest(&hmac, sizeof nonces->v, nonces->v);
    bytes_wipe(&hmac, sizeof hmac);
}

/* k = HMAC(k, v || number || seed), then a step. */
static void nonces_update(struct nonces *nonces, uint8_t number, const uint8_t *seed, size_t seed_len)
{
    struct hmac_sha256_ctx hmac;

    hmac_sha256_set_key(&hmac, sizeof nonces->k, nonces->k);
    hmac_sha256_update(&hmac, sizeof nonces->v, nonces->v);
    hmac_sha256_update(&hmac, 1, &number);
    if (seed_len > 0)
        hmac_sha256_update(&hmac, seed_len, seed);
    hmac_sha256_digest(&hmac, sizeof nonces->k, nonces->k);
    bytes_wipe(&hmac, sizeof hmac);
    nonces_step(nonces);
}

/* bits2octets: a digest is below twice the order, so one subtraction is enough. */
static void reduce(uint8_t out[static 32], const uint8_t digest32[static 32])
{
    bool above = memcmp(digest32, order, sizeof order) >= 0;
    int borrow = 0;

    for (int i = 31; i >= 0; i--) {
        int digit = digest32[i] - (above ? order[i] : 0) - borrow;

        borrow = digit < 0;
        out[i] = (uint8_t)(digit & 0xff);
    }
}

static void nonces_init(struct nonces *nonces, const uint8_t scalar32[static 32],
                        const uint8_t digest32[static 32])
{
    uint8_t seed[64];

    memcpy(seed, scalar32, 32);
    reduce(seed + 32, digest32);
    memset(nonces->k, 0x00, sizeof nonces->k);
    memset(nonces->v, 0x01, sizeof nonces->v);
    nonces_update(nonces, 0x00, seed, sizeof seed);
    nonces_update(nonces, 0x01, seed, sizeof seed);
    bytes_wipe(seed, sizeof seed);
}

/* Nettle's source of randomness. It is called for one candidate at a time, until one is in
 * range. */
static void nonces_next(void *context, size_t len, uint8_t *out)
{
    struct nonces *nonces = context;

    for (size_t take; len > 0; out += take, len -= take) {
        nonces_step(nonces);
        take = len < sizeof nonces->v ? len : sizeof nonces->v;
        memcpy(out, nonces->v, take);
    }
    nonces_update(nonces, 0x00, NULL, 0);
}

void p256_sign(const struct p256_key *key, const uint8_t digest32[static 32], uint8_t signature64[static 64])
{
    struct ecc_scalar scalar;
    struct dsa_signature signature;
    struct nonces nonces;

    dsa_signature_init(&signature);
    nonces_init(&nonces, key->scalar, digest32);
    if (scalar_init(&scalar, key->scalar))
        ecdsa_sign(&scalar, &nonces, nonces_next, 32, digest32, &signature);
    nettle_mpz_get_str_256(32, signature64, signature.r);
    nettle_mpz_get_str_256(32, signature64 + 32, signature.s);
    dsa_signature_clear(&signature);
    bytes_wipe(&nonces, sizeof nonces);
    scalar_clear(&scalar);
}

bool p256_verify(const uint8_t public64[static 64], const uint8_t digest32[static 32],
                 const uint8_t signature64[static 64])
{
    mpz_t x, y;
    struct ecc_point point;
    struct dsa_signature signature;
    bool valid;

    nettle_mpz_init_set_str_256_u(x, 32, public64);
    nettle_mpz_init_set_str_256_u(y, 32, public64 + 32);
    ecc_point_init(&point, nettle_get_secp_256r1());
    dsa_signature_init(&signature);
    nettle_mpz_set_str_256_u(signature.r, 32, signature64);
    nettle_mpz_set_str_256_u(signature.s, 32, signature64 + 32);
    valid = ecc_point_set(&point, x, y) != 0 && ecdsa_verify(&point, 32, digest32, &signature) != 0;
    dsa_signature_clear(&signature);
    ecc_point_clear(&point);
    mpz_clears(x, y, NULL);
    return valid;
}
