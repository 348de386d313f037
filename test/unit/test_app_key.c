/* Private keys at the edges of what is one. */
#include "sim/keys/app_key.h"

#include "test/unit/keyring_fixture.h"

static void a_scalar_is_refused_and_never_reduced(void **state)
{
    static const struct {
        const char *scalar;
        int result;
    } cases[] = {
        {"0000000000000000000000000000000000000000000000000000000000000000", -1},
        {"0000000000000000000000000000000000000000000000000000000000000001", 0},
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", 0}, /* the order less one */
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", -1},
        {"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142", -1},
        {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", -1},
    };
    const struct keyring_fixture *fixture = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct app_key key;

        from_hex(cases[i].scalar, key.private_key, 32);
        assert_int_equal(app_key_complete(fixture->k256, APP_KEY_SECP256K1, &key), cases[i].result);
        assert_int_equal(app_key_complete(fixture->k256, APP_KEY_ED25519, &key), 0);
        assert_int_equal(key.public_key_len, 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYRING_TEST(a_scalar_is_refused_and_never_reduced),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
