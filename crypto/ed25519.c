#include "crypto/ed25519.h"

#include <gmp.h>
#include <nettle/eddsa.h>
#include <string.h>

#include "crypto/reveal.h"

void ed25519_public_key(const uint8_t seed32[static 32], uint8_t public32[static 32])
{
    ed25519_sha512_public_key(public32, seed32);
    reveal(public32, 32);
}

void ed25519_sign(const uint8_t seed32[static 32], const uint8_t public32[static 32], const void *message,
                  size_t len, uint8_t signature64[static 64])
{
    ed25519_sha512_sign(public32, seed32, len, message, signature64);
    reveal(signature64, 64);
}

bool ed25519_verify(const uint8_t public32[static 32], const void *message, size_t len,
                    const uint8_t signature64[static 64])
{
    return ed25519_sha512_verify(public32, len, message, signature64) == 1;
}

/* Nettle does not export its decompression. The curve -x^2 + y^2 = 1 + d x^2 y^2 has a
 * point with that y if x^2 = (y^2 - 1) / (d y^2 + 1) is a square, which it is if the
 * product of the two is one. As d is not a square, the divisor is never zero. */
bool ed25519_is_public_key(const uint8_t public32[static 32])
{
    uint8_t little_endian[32];
    mpz_t p, d, y2, product;
    bool on_curve;

    memcpy(little_endian, public32, sizeof little_endian);
    little_endian[31] &= 0x7f; /* the sign of x */
    mpz_inits(p, d, y2, product, NULL);
    mpz_ui_pow_ui(p, 2, 255);
    mpz_sub_ui(p, p, 19);
    mpz_set_str(d, "52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3", 16);

    mpz_import(y2, sizeof little_endian, -1, 1, 0, 0, little_endian);
    mpz_mul(y2, y2, y2);
    mpz_mod(y2, y2, p);
    mpz_mul(d, d, y2);
    mpz_add_ui(d, d, 1);
    mpz_sub_ui(y2, y2, 1);
    mpz_mul(product, d, y2);
    mpz_mod(product, product, p);
    on_curve = mpz_legendre(product, p) >= 0;
    mpz_clears(p, d, y2, product, NULL);
    return on_curve;
}
