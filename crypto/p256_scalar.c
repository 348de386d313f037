#include "crypto/p256_scalar.h"

#include <stdlib.h>

#include "crypto/bytes.h"
#include "crypto/p256_nonces.h"
#include "crypto/reveal.h"

enum {
    LIMBS = P256_SCALAR_LIMBS,
    LIMB_BYTES = GMP_NUMB_BITS / 8,
    SCRATCH_LIMBS = 8 * LIMBS, /* GMP 6.2 asks for half of it */
};

_Static_assert(GMP_NAIL_BITS == 0 && LIMBS * LIMB_BYTES == 32,
               "limbs are full, and four or eight are a number");

void p256_scalar_read(struct p256_scalar *scalar, const uint8_t big_endian[static 32])
{
    for (int i = 0; i < LIMBS; i++) {
        const uint8_t *from = big_endian + 32 - (i + 1) * LIMB_BYTES;
        mp_limb_t limb = 0;

        for (int j = 0; j < LIMB_BYTES; j++)
            limb = limb << 8 | from[j];
        scalar->limbs[i] = limb;
    }
}

void p256_scalar_write(const struct p256_scalar *scalar, uint8_t big_endian[static 32])
{
    for (int i = 0; i < 32; i++)
        big_endian[31 - i] = (uint8_t)(scalar->limbs[i / LIMB_BYTES] >> (8 * (i % LIMB_BYTES)));
}

static struct p256_scalar order(void)
{
    struct p256_scalar scalar;

    p256_scalar_read(&scalar, p256_nonces_order);
    return scalar;
}

bool p256_scalar_is_valid(const struct p256_scalar *scalar)
{
    const struct p256_scalar above = order();
    struct p256_scalar difference;
    mp_limb_t is_below = mpn_sub_n(difference.limbs, scalar->limbs, above.limbs, LIMBS);
    mp_limb_t bits = 0;
    bool is_valid;

    for (int i = 0; i < LIMBS; i++)
        bits |= scalar->limbs[i];
    /* The highest bit of bits or -bits is set unless it is zero. */
    is_valid = (is_below & ((bits | -bits) >> (GMP_NUMB_BITS - 1))) != 0;
    bytes_wipe(&difference, sizeof difference);
    reveal(&is_valid, sizeof is_valid);
    return is_valid;
}

/* Writes the remainder of a number of 512 bits, which is overwritten. */
static void reduce(mp_limb_t number[static 2 * LIMBS], struct p256_scalar *remainder)
{
    const struct p256_scalar divisor = order();
    mp_limb_t scratch[SCRATCH_LIMBS];

    if (mpn_sec_div_r_itch(2 * LIMBS, LIMBS) > SCRATCH_LIMBS)
        abort();
    mpn_sec_div_r(number, 2 * LIMBS, divisor.limbs, LIMBS, scratch);
    mpn_copyi(remainder->limbs, number, LIMBS);
    bytes_wipe(scratch, sizeof scratch);
}

void p256_scalar_multiply(struct p256_scalar *factor, const struct p256_scalar *by)
{
    mp_limb_t product[2 * LIMBS], scratch[SCRATCH_LIMBS];

    if (mpn_sec_mul_itch(LIMBS, LIMBS) > SCRATCH_LIMBS)
        abort();
    mpn_sec_mul(product, factor->limbs, LIMBS, by->limbs, LIMBS, scratch);
    reduce(product, factor);
    bytes_wipe(product, sizeof product);
    bytes_wipe(scratch, sizeof scratch);
}

void p256_scalar_add(struct p256_scalar *sum, const struct p256_scalar *to_add)
{
    const struct p256_scalar above = order();
    struct p256_scalar difference;
    mp_limb_t carry = mpn_add_n(sum->limbs, sum->limbs, to_add->limbs, LIMBS);
    mp_limb_t borrow = mpn_sub_n(difference.limbs, sum->limbs, above.limbs, LIMBS);

    mpn_cnd_sub_n(carry | (borrow ^ 1), sum->limbs, sum->limbs, above.limbs, LIMBS);
    bytes_wipe(&difference, sizeof difference);
}

void p256_scalar_invert_blinded(struct p256_scalar *blinded)
{
    const struct p256_scalar modulus = order();
    mpz_t number, divisor, inverse;

    reveal(blinded, sizeof *blinded);
    mpz_init(inverse);
    mpz_invert(inverse, mpz_roinit_n(number, blinded->limbs, LIMBS),
               mpz_roinit_n(divisor, modulus.limbs, LIMBS));
    for (int i = 0; i < LIMBS; i++)
        blinded->limbs[i] = mpz_getlimbn(inverse, i);
    mpz_clear(inverse);
}
