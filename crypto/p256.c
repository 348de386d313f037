#include "crypto/p256.h"

#include <nettle/bignum.h>
#include <nettle/ecc-curve.h>
#include <nettle/ecdsa.h>
#include <string.h>

#include "crypto/p256_nonces.h"
#include "crypto/p256_scalar.h"
#include "crypto/random.h"
#include "crypto/reveal.h"

/* A point that is not a secret: secret times the generator. */
static void multiply_generator(const struct p256_scalar *secret, uint8_t x32[static 32], uint8_t *y32)
{
    struct ecc_scalar scalar;
    struct ecc_point point;
    mpz_t x, y;

    mpz_inits(x, y, NULL);
    ecc_scalar_init(&scalar, nettle_get_secp_256r1());
    ecc_point_init(&point, scalar.ecc);
    memcpy(scalar.p, secret->limbs, sizeof secret->limbs);
    ecc_point_mul_g(&point, &scalar);
    reveal(point.p, 2 * sizeof secret->limbs);
    ecc_point_get(&point, x, y);
    nettle_mpz_get_str_256(32, x32, x);
    if (y32)
        nettle_mpz_get_str_256(32, y32, y);
    /* Nettle does not wipe memory before freeing it. */
    bytes_wipe(scalar.p, sizeof secret->limbs);
    ecc_scalar_clear(&scalar);
    ecc_point_clear(&point);
    mpz_clears(x, y, NULL);
}

int p256_key_from_scalar(struct p256_key *key, const uint8_t scalar32[static 32])
{
    struct p256_scalar scalar;
    bool is_valid;

    p256_scalar_read(&scalar, scalar32);
    is_valid = p256_scalar_is_valid(&scalar);
    if (is_valid) {
        memmove(key->scalar, scalar32, sizeof key->scalar);
        multiply_generator(&scalar, key->public_key, key->public_key + 32);
    } else {
        bytes_wipe(key, sizeof *key);
    }
    bytes_wipe(&scalar, sizeof scalar);
    return is_valid ? 0 : -1;
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
    struct p256_scalar digest, d, k, b, r, s;
};

/* Sets the number to the next one that is in range. */
static void draw(struct p256_nonces *nonces, void (*next)(struct p256_nonces *, uint8_t *),
                 struct p256_scalar *number)
{
    uint8_t candidate[32];

    do {
        next(nonces, candidate);
        p256_scalar_read(number, candidate);
    } while (!p256_scalar_is_valid(number));
    bytes_wipe(candidate, sizeof candidate);
}

/* r is the abscissa of k G. */
static void commit(struct signing *signing)
{
    static const struct p256_scalar one = {{1}};
    uint8_t x[32];

    multiply_generator(&signing->k, x, NULL);
    p256_scalar_read(&signing->r, x);
    p256_scalar_multiply(&signing->r, &one);
}

/* s is (b digest + r (b d)) / (b k). */
static void respond(struct signing *signing)
{
    p256_scalar_multiply(&signing->digest, &signing->b);
    p256_scalar_multiply(&signing->d, &signing->b);
    p256_scalar_multiply(&signing->k, &signing->b);
    signing->s = signing->d;
    p256_scalar_multiply(&signing->s, &signing->r);
    p256_scalar_add(&signing->s, &signing->digest);
    p256_scalar_invert_blinded(&signing->k);
    p256_scalar_multiply(&signing->s, &signing->k);
}

void p256_sign(const struct p256_key *key, const uint8_t digest32[static 32], uint8_t signature64[static 64])
{
    struct p256_nonces nonces;
    struct signing signing = {.r = {{0}}};

    p256_scalar_read(&signing.digest, digest32);
    p256_scalar_read(&signing.d, key->scalar);
    if (p256_scalar_is_valid(&signing.d)) {
        p256_nonces_init(&nonces, key->scalar, digest32);
        draw(&nonces, p256_nonces_draw, &signing.k);
        draw(&nonces, p256_nonces_draw_blind, &signing.b);
        commit(&signing);
        respond(&signing);
        bytes_wipe(&nonces, sizeof nonces);
    }
    p256_scalar_write(&signing.r, signature64);
    p256_scalar_write(&signing.s, signature64 + 32);
    reveal(signature64, P256_SIGNATURE_BYTES);
    bytes_wipe(&signing, sizeof signing);
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
