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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(makes_the_key_of_the_rfc)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
