#include "crypto/x25519.h"
#include "test/unit/vectors.h"

/* RFC 7748, 6.1: Bob's pair. */
static void makes_the_key_of_the_rfc(void **state)
{
    uint8_t secret[32], public_key[32];

    (void)state;
    from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", secret, 32);
    x25519_public_key(secret, public_key);
    assert_hex_equal(public_key, 32, "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
}

/* RFC 7748, 6.1: Bob's secret with Alice's key. */
static void computes_the_secret_of_the_rfc(void **state)
{
    uint8_t secret[32], peer[32], shared[32];

    (void)state;
    from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb", secret, 32);
    from_hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", peer, 32);
    assert_int_equal(x25519_shared(secret, peer, shared), 0);
    assert_hex_equal(shared, 32, "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
}

static void refuses_a_key_of_low_order(void **state)
{
    uint8_t secret[32] = {1}, peer[32] = {0}, shared[32];

    (void)state;
    assert_int_equal(x25519_shared(secret, peer, shared), -1);
    peer[0] = 1;
    assert_int_equal(x25519_shared(secret, peer, shared), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_the_key_of_the_rfc),
        cmocka_unit_test(computes_the_secret_of_the_rfc),
        cmocka_unit_test(refuses_a_key_of_low_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
