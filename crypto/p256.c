#include "crypto/p256.h"

#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <string.h>

#include "crypto/p256_nonces.h"
#include "crypto/random.h"

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

/* --- signing --- */

/* What one signature is computed from: s = (digest + r d) / k.
 *
 * Nettle's own ecdsa_sign spends a third of its time on the inverse of k, because it has to be found
 * in constant time. Here k, d and digest are multiplied by a secret number first (the blind, b), so
 * the time that GMP takes for the inverse says nothing of them. */
struct signing {
    mpz_t order, digest, d, k, b, r, s;
};

/* Products of two numbers of 256 bits fit, so GMP does not move a secret to other memory. */
enum { NUMBER_BITS = 2 * 256 + GMP_NUMB_BITS, NUMBER_LIMBS = NUMBER_BITS / GMP_NUMB_BITS };

static void number_init(mpz_t number)
{
    mpz_init2(number, NUMBER_BITS);
}

static void number_clear(mpz_t number)
{
    wipe_limbs(mpz_limbs_modify(number, NUMBER_LIMBS), NUMBER_LIMBS);
    mpz_clear(number);
}

static void each_number(struct signing *signing, void (*act)(mpz_t number))
{
    act(signing->order);
    act(signing->digest);
    act(signing->d);
    act(signing->k);
    act(signing->b);
    act(signing->r);
    act(signing->s);
}

static bool is_scalar(const struct signing *signing, const mpz_t number)
{
    return mpz_sgn(number) > 0 && mpz_cmp(number, signing->order) < 0;
}

static void multiply(const struct signing *signing, mpz_t factor, const mpz_t by)
{
    mpz_mul(factor, factor, by);
    mpz_mod(factor, factor, signing->order);
}

/* Sets the number to the next one that is in range. */
static void draw(const struct signing *signing, struct p256_nonces *nonces,
                 void (*next)(struct p256_nonces *, uint8_t *), mpz_t number)
{
    uint8_t candidate[32];

    do {
        next(nonces, candidate);
        nettle_mpz_set_str_256_u(number, sizeof candidate, candidate);
    } while (!is_scalar(signing, number));
    bytes_wipe(candidate, sizeof candidate);
}

/* r is the abscissa of k G. */
static void commit(struct signing *signing)
{
    struct ecc_scalar scalar;
    struct ecc_point point;

    ecc_scalar_init(&scalar, nettle_get_secp_256r1());
    ecc_point_init(&point, scalar.ecc);
    if (ecc_scalar_set(&scalar, signing->k))
        ecc_point_mul_g(&point, &scalar);
    ecc_point_get(&point, signing->r, NULL);
    mpz_mod(signing->r, signing->r, signing->order);
    ecc_point_clear(&point);
    scalar_clear(&scalar);
}

/* s is (b digest + r (b d)) / (b k). */
static void respond(struct signing *signing)
{
    multiply(signing, signing->digest, signing->b);
    multiply(signing, signing->d, signing->b);
    multiply(signing, signing->k, signing->b);
    mpz_mul(signing->s, signing->d, signing->r);
    mpz_add(signing->s, signing->s, signing->digest);
    mpz_mod(signing->s, signing->s, signing->order);
    mpz_invert(signing->k, signing->k, signing->order);
    multiply(signing, signing->s, signing->k);
}

void p256_sign(const struct p256_key *key, const uint8_t digest32[static 32], uint8_t signature64[static 64])
{
    struct p256_nonces nonces;
    struct signing signing;

    each_number(&signing, number_init);
    nettle_mpz_set_str_256_u(signing.order, sizeof p256_nonces_order, p256_nonces_order);
    nettle_mpz_set_str_256_u(signing.digest, 32, digest32);
    nettle_mpz_set_str_256_u(signing.d, sizeof key->scalar, key->scalar);
    if (is_scalar(&signing, signing.d)) {
        p256_nonces_init(&nonces, key->scalar, digest32);
        draw(&signing, &nonces, p256_nonces_draw, signing.k);
        draw(&signing, &nonces, p256_nonces_draw_blind, signing.b);
        commit(&signing);
        respond(&signing);
        bytes_wipe(&nonces, sizeof nonces);
    }
    nettle_mpz_get_str_256(32, signature64, signing.r);
    nettle_mpz_get_str_256(32, signature64 + 32, signing.s);
    each_number(&signing, number_clear);
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
