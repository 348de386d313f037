#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/p256_memory.h"

static void only_valid_signatures_are_remembered(void **state)
{
    struct p256_memory memory = {.known = {{{0}}}};
    const struct p256_memory empty = memory;
    uint8_t digest[32] = {1}, signature[64];
    struct p256_key key, other;

    (void)state;
    p256_key_generate(&key);
    p256_key_generate(&other);
    p256_sign(&key, digest, signature);
    assert_false(p256_memory_verify(&memory, other.public_key, digest, signature));
    signature[63] ^= 1;
    assert_false(p256_memory_verify(&memory, key.public_key, digest, signature));
    assert_memory_equal(&memory, &empty, sizeof memory);
    signature[63] ^= 1;
    assert_true(p256_memory_verify(&memory, key.public_key, digest, signature));
    assert_memory_not_equal(&memory, &empty, sizeof memory);
    assert_true(p256_memory_verify(&memory, key.public_key, digest, signature));
    assert_true(p256_memory_verify(NULL, key.public_key, digest, signature));
}

static void what_differs_in_a_bit_is_not_known(void **state)
{
    struct p256_memory memory = {.known = {{{0}}}};
    uint8_t digest[32] = {2}, signature[64];
    struct p256_key key;

    (void)state;
    p256_key_generate(&key);
    p256_sign(&key, digest, signature);
    assert_true(p256_memory_verify(&memory, key.public_key, digest, signature));
    for (size_t i = 0; i < 64; i++) {
        signature[i] ^= 0x10;
        assert_false(p256_memory_verify(&memory, key.public_key, digest, signature));
        signature[i] ^= 0x10;
        key.public_key[i] ^= 0x10;
        assert_false(p256_memory_verify(&memory, key.public_key, digest, signature));
        key.public_key[i] ^= 0x10;
    }
    digest[31] ^= 1;
    assert_false(p256_memory_verify(&memory, key.public_key, digest, signature));
}

/* 1000 signatures, and room for 256. */
static void more_than_there_is_room_for(void **state)
{
    struct p256_memory memory = {.known = {{{0}}}};
    uint8_t digest[32] = {0}, signature[64];
    struct p256_key key;

    (void)state;
    p256_key_generate(&key);
    for (unsigned i = 0; i < 1000; i++) {
        digest[0] = (uint8_t)i;
        digest[1] = (uint8_t)(i >> 8);
        p256_sign(&key, digest, signature);
        assert_true(p256_memory_verify(&memory, key.public_key, digest, signature));
        assert_true(p256_memory_verify(&memory, key.public_key, digest, signature));
        signature[0] ^= 1;
        assert_false(p256_memory_verify(&memory, key.public_key, digest, signature));
    }
}

/* As many as a quote has with its collateral: wherever they are kept, none takes another's place. */
static void those_of_a_quote_are_known_together(void **state)
{
    enum { QUOTES = 40, SIGNATURES = 10 };
    uint8_t digests[SIGNATURES][32] = {{0}}, signatures[SIGNATURES][64];
    static const uint8_t scalar[32] = {7};
    struct p256_key key;

    (void)state;
    assert_int_equal(p256_key_from_scalar(&key, scalar), 0);
    for (unsigned quote = 0; quote < QUOTES; quote++) {
        struct p256_memory memory = {.known = {{{0}}}}, before;

        for (unsigned i = 0; i < SIGNATURES; i++) {
            digests[i][0] = (uint8_t)quote;
            digests[i][1] = (uint8_t)i;
            p256_sign(&key, digests[i], signatures[i]);
            assert_true(p256_memory_verify(&memory, key.public_key, digests[i], signatures[i]));
        }
        before = memory;
        for (unsigned i = 0; i < SIGNATURES; i++) {
            assert_true(p256_memory_verify(&memory, key.public_key, digests[i], signatures[i]));
            assert_memory_equal(&memory, &before, sizeof memory);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_valid_signatures_are_remembered),
        cmocka_unit_test(what_differs_in_a_bit_is_not_known),
        cmocka_unit_test(those_of_a_quote_are_known_together),
        cmocka_unit_test(more_than_there_is_room_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
