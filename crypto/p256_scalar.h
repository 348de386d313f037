/* Arithmetic modulo the order of P-256, in constant time: with GMP's functions for secrets, on numbers that
 * always have all their limbs. */
#ifndef CRYPTO_P256_SCALAR_H
#define CRYPTO_P256_SCALAR_H

#include <gmp.h>
#include <stdbool.h>
#include <stdint.h>

enum { P256_SCALAR_LIMBS = 256 / GMP_NUMB_BITS };

/* A number of 256 bits, least limb first. What is secret has to be wiped. */
struct p256_scalar {
    mp_limb_t limbs[P256_SCALAR_LIMBS];
};

void p256_scalar_read(struct p256_scalar *scalar, const uint8_t big_endian[static 32]);
void p256_scalar_write(const struct p256_scalar *scalar, uint8_t big_endian[static 32]);

/* Whether it is above zero and below the order, which it reveals. */
bool p256_scalar_is_valid(const struct p256_scalar *scalar);

/* Multiplies modulo the order. Factors need not be below it. */
void p256_scalar_multiply(struct p256_scalar *factor, const struct p256_scalar *by);

/* Adds two numbers below the order, modulo it. */
void p256_scalar_add(struct p256_scalar *sum, const struct p256_scalar *to_add);

/* Replaces the product of a secret and a random number, neither of them zero, by its inverse. The time depends
 * on the product, which it reveals, and from which the secret does not follow. */
void p256_scalar_invert_blinded(struct p256_scalar *blinded);

#endif
