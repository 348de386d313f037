#include "k256_recover.h"
#include "vectors.h"

#include "crypto/hash.h"
#include "crypto/k256.h"

static const char APP_KEY[] = "d6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d";
static const char ORDER[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
static const char BELOW_ORDER[] = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
static const char ZERO[] = "0000000000000000000000000000000000000000000000000000000000000000";
static const char GENERATOR[] = "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
static const char GENERATOR_65[] = "0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
                                   "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

/* A guest agent's Sign of "abc" with secp256k1. */
static const char SIGNATURE[] = "647bff73893c6ed0a3a8c6b2f23071419543652fb5bb0779db5c977851733f67"
                                "0e934e954290447b04ab10ff3bf8f00c336088581a1ff242e39ef861d66999c7";
static const char SIGNER[] = "036105f01d1fd781568f7c208b087b1c4f522601410ed7e9c7870d573de7c46d54";

/* SIGNATURE with the group's order minus s for s. */
static const char HIGH_S[] = "647bff73893c6ed0a3a8c6b2f23071419543652fb5bb0779db5c977851733f67"
                             "f16cb16abd6fbb84fb54ef00c4070ff2874e548e9528adf8dc33662af9cca77a";

static int set_up(void **state)
{
    *state = k256_new();
    return 0;
}

static int tear_down(void **state)
{
    k256_free(*state);
    return 0;
}

static void private_keys_are_between_zero_and_the_order(void **state)
{
    uint8_t key[32], public_key[33];
    const char *wrong[] = {ZERO, ORDER, "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"};
    uint8_t digest[32] = {1}, signature[65];
    for (size_t i = 0; i < 3; i++) {
        from_hex(wrong[i], key, sizeof key);
        memset(public_key, 0xff, sizeof public_key);
        assert_int_equal(k256_public_key(*state, key, public_key), -1);
        assert_hex_equal(public_key, 32, ZERO);
        memset(signature, 0xff, sizeof signature);
        assert_int_equal(k256_sign(*state, key, digest, signature), -1);
        assert_hex_equal(signature + 32, 32, ZERO);
        memset(signature, 0xff, sizeof signature);
        assert_int_equal(k256_sign_recoverable(*state, key, digest, signature), -1);
        assert_hex_equal(signature + 33, 32, ZERO);
    }
    from_hex(BELOW_ORDER, key, sizeof key);
    assert_int_equal(k256_public_key(*state, key, public_key), 0);
    assert_int_equal(k256_sign(*state, key, digest, signature), 0);
}

static void the_key_of_one_is_the_generator(void **state)
{
    uint8_t key[32] = {0}, public_key[33];
    key[31] = 1;
    assert_int_equal(k256_public_key(*state, key, public_key), 0);
    assert_hex_equal(public_key, sizeof public_key, GENERATOR);
}

/* signature_chain[0] of a guest agent's GetKey: path "a", purpose "p". */
static void a_guest_agents_recoverable_signature(void **state)
{
    uint8_t app_key[32], key[32], public_key[33], digest[32], signature[65];
    uint8_t app_public[33], recovered[33];
    char message[2 + 66];

    from_hex(APP_KEY, app_key, sizeof app_key);
    from_hex("bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94", key, sizeof key);
    memcpy(message, "p:", 2);
    assert_int_equal(k256_public_key(*state, key, public_key), 0);
    hex_encode(public_key, sizeof public_key, message + 2);
    hash_parts(HASH_KECCAK256, &(struct bytes){message, sizeof message}, 1, digest);
    assert_int_equal(k256_sign_recoverable(*state, app_key, digest, signature), 0);
    assert_hex_equal(signature, sizeof signature,
                     "309ff997a26732d345f0dadbf5bf88acaea7dbb4c8c1e44eb4085c749fac5223"
                     "1e63eeeaec41fd488025e6e785d011720d7f81ee17cb4d0a76239528e2656ba900");

    assert_int_equal(k256_public_key(*state, app_key, app_public), 0);
    recover_signer(digest, signature, recovered);
    assert_memory_equal(recovered, app_public, sizeof recovered);
}

static void a_guest_agents_signature_verifies(void **state)
{
    uint8_t public_key[33], digest[32], signature[64];
    from_hex(SIGNER, public_key, sizeof public_key);
    from_hex(SIGNATURE, signature, sizeof signature);
    hash_sha256("abc", 3, digest);
    assert_true(k256_verify(*state, public_key, sizeof public_key, digest, signature));
    digest[31] ^= 1;
    assert_false(k256_verify(*state, public_key, sizeof public_key, digest, signature));
    digest[31] ^= 1;
    signature[0] ^= 1;
    assert_false(k256_verify(*state, public_key, sizeof public_key, digest, signature));
}

static void a_high_s_is_a_signature_that_does_not_verify(void **state)
{
    uint8_t public_key[33], digest[32], signature[64];
    from_hex(SIGNER, public_key, sizeof public_key);
    from_hex(HIGH_S, signature, sizeof signature);
    hash_sha256("abc", 3, digest);
    assert_true(k256_is_signature(*state, signature));
    assert_false(k256_verify(*state, public_key, sizeof public_key, digest, signature));
}

static void both_kinds_of_signature_agree_and_repeat(void **state)
{
    uint8_t key[32], digest[32], plain[64], again[64], recoverable[65], public_key[33];
    from_hex(APP_KEY, key, sizeof key);
    hash_sha256("x", 1, digest);
    assert_int_equal(k256_sign(*state, key, digest, plain), 0);
    assert_int_equal(k256_sign(*state, key, digest, again), 0);
    assert_int_equal(k256_sign_recoverable(*state, key, digest, recoverable), 0);
    assert_memory_equal(plain, again, 64);
    assert_memory_equal(plain, recoverable, 64);
    assert_int_equal(k256_public_key(*state, key, public_key), 0);
    assert_true(k256_verify(*state, public_key, sizeof public_key, digest, plain));
}

static void public_keys_have_two_forms(void **state)
{
    uint8_t key[65];
    from_hex(GENERATOR, key, 33);
    assert_true(k256_is_public_key(*state, key, 33));
    assert_false(k256_is_public_key(*state, key, 32));
    assert_false(k256_is_public_key(*state, key, 0));
    assert_false(k256_is_public_key(*state, NULL, 0));
    key[0] = 0x04;
    assert_false(k256_is_public_key(*state, key, 33));
    key[0] = 0x05;
    assert_false(k256_is_public_key(*state, key, 33));
    from_hex(GENERATOR_65, key, 65);
    assert_true(k256_is_public_key(*state, key, 65));
    assert_false(k256_is_public_key(*state, key, 64));
    key[0] = 0x06; /* the hybrid form of an even y */
    assert_false(k256_is_public_key(*state, key, 65));
    key[0] = 0x04;
    key[64] ^= 1;
    assert_false(k256_is_public_key(*state, key, 65));
    memset(key, 0, sizeof key);
    assert_false(k256_is_public_key(*state, key, 65));
}

static void signatures_are_between_zero_and_the_order(void **state)
{
    const char *wrong[] = {ZERO, ORDER};
    uint8_t signature[64];
    from_hex(SIGNATURE, signature, 64);
    assert_true(k256_is_signature(*state, signature));
    for (size_t i = 0; i < 2; i++)
        for (size_t half = 0; half < 64; half += 32) {
            from_hex(SIGNATURE, signature, 64);
            from_hex(wrong[i], signature + half, 32);
            assert_false(k256_is_signature(*state, signature));
        }
}

static void the_signer_is_recovered(void **state)
{
    const struct k256 *k256 = *state;
    uint8_t key[32] = {1}, digest[32] = {2}, signature[K256_RECOVERABLE_BYTES], public_key[K256_PUBLIC_BYTES],
            signer[K256_PUBLIC_BYTES], zero[K256_PUBLIC_BYTES] = {0};

    assert_int_equal(k256_public_key(k256, key, public_key), 0);
    assert_int_equal(k256_sign_recoverable(k256, key, digest, signature), 0);
    assert_int_equal(k256_recover(k256, digest, signature, signer), 0);
    assert_memory_equal(signer, public_key, sizeof signer);
    digest[0] ^= 1;
    assert_int_equal(k256_recover(k256, digest, signature, signer), 0);
    assert_memory_not_equal(signer, public_key, sizeof signer);
    signature[64] = 4;
    assert_int_equal(k256_recover(k256, digest, signature, signer), -1);
    assert_memory_equal(signer, zero, sizeof signer);
    memset(signature, 0, sizeof signature);
    assert_int_equal(k256_recover(k256, digest, signature, signer), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_keys_are_between_zero_and_the_order),
        cmocka_unit_test(the_key_of_one_is_the_generator),
        cmocka_unit_test(a_guest_agents_recoverable_signature),
        cmocka_unit_test(a_guest_agents_signature_verifies),
        cmocka_unit_test(a_high_s_is_a_signature_that_does_not_verify),
        cmocka_unit_test(both_kinds_of_signature_agree_and_repeat),
        cmocka_unit_test(public_keys_have_two_forms),
        cmocka_unit_test(signatures_are_between_zero_and_the_order),
        cmocka_unit_test(the_signer_is_recovered),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
