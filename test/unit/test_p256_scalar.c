#include "crypto/p256_scalar.h"

#include <nettle/bignum.h>

#include "crypto/p256_nonces.h"
#include "test/unit/vectors.h"

#define BELOW "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static const char *const numbers[] = {
    "0000000000000000000000000000000000000000000000000000000000000001",
    "0000000000000000000000000000000000000000000000010000000000000000",
    "8000000000000000000000000000000000000000000000000000000000000000",
    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    BELOW,
};
enum { COUNT = sizeof numbers / sizeof *numbers };

static struct p256_scalar scalar_of(const char *text)
{
    struct p256_scalar scalar;
    uint8_t bytes[32];

    from_hex(text, bytes, sizeof bytes);
    p256_scalar_read(&scalar, bytes);
    return scalar;
}

/* Compares with what GMP computes by functions that are not for secrets. */
static void assert_scalar(const struct p256_scalar *scalar, mpz_t expected)
{
    uint8_t bytes[32], right[32];
    mpz_t order;

    nettle_mpz_init_set_str_256_u(order, 32, p256_nonces_order);
    mpz_mod(expected, expected, order);
    nettle_mpz_get_str_256(32, right, expected);
    p256_scalar_write(scalar, bytes);
    assert_memory_equal(bytes, right, 32);
    mpz_clear(order);
}

static void zero_and_what_is_not_below_the_order_are_invalid(void **state)
{
    static const char *const invalid[] = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        ORDER,
        "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552",
        "ffffffff00000001000000000000000000000000000000000000000000000000",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };

    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        const struct p256_scalar scalar = scalar_of(numbers[i]);

        assert_true(p256_scalar_is_valid(&scalar));
    }
    for (size_t i = 0; i < sizeof invalid / sizeof *invalid; i++) {
        const struct p256_scalar scalar = scalar_of(invalid[i]);

        assert_false(p256_scalar_is_valid(&scalar));
    }
}

static void sums_and_products_are_those_of_gmp(void **state)
{
    mpz_t a, b, expected;

    (void)state;
    mpz_inits(a, b, expected, NULL);
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            struct p256_scalar sum = scalar_of(numbers[i]), product = sum;
            const struct p256_scalar other = scalar_of(numbers[j]);

            mpz_set_str(a, numbers[i], 16);
            mpz_set_str(b, numbers[j], 16);
            p256_scalar_add(&sum, &other);
            mpz_add(expected, a, b);
            assert_scalar(&sum, expected);
            p256_scalar_multiply(&product, &other);
            mpz_mul(expected, a, b);
            assert_scalar(&product, expected);
        }
    }
    mpz_clears(a, b, expected, NULL);
}

static void a_factor_above_the_order_is_reduced(void **state)
{
    const struct p256_scalar one = scalar_of(numbers[0]);
    struct p256_scalar order = scalar_of(ORDER);
    mpz_t zero;

    (void)state;
    mpz_init(zero);
    p256_scalar_multiply(&order, &one);
    assert_scalar(&order, zero);
    mpz_clear(zero);
}

static void an_inverse_times_its_number_is_one(void **state)
{
    mpz_t one;

    (void)state;
    mpz_init_set_ui(one, 1);
    for (size_t i = 0; i < COUNT; i++) {
        const struct p256_scalar number = scalar_of(numbers[i]);
        struct p256_scalar inverse = number;

        p256_scalar_invert_blinded(&inverse);
        p256_scalar_multiply(&inverse, &number);
        assert_scalar(&inverse, one);
    }
    mpz_clear(one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zero_and_what_is_not_below_the_order_are_invalid),
        cmocka_unit_test(sums_and_products_are_those_of_gmp),
        cmocka_unit_test(a_factor_above_the_order_is_reduced),
        cmocka_unit_test(an_inverse_times_its_number_is_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
