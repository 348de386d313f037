#include "vectors.h"

#include "crypto/ed25519.h"

/* RFC 8032, 7.1, tests 1 to 3. */
static const struct {
    const char *seed, *public_key, *message, *signature;
} VECTORS[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
     "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"},
};
#define VECTOR_COUNT (sizeof VECTORS / sizeof *VECTORS)

static void rfc_8032_signatures(void **state)
{
    uint8_t seed[32], public_key[32], message[2], signature[64];

    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        size_t len = strlen(VECTORS[i].message) / 2;
        from_hex(VECTORS[i].seed, seed, sizeof seed);
        from_hex(VECTORS[i].message, message, len);
        ed25519_public_key(seed, public_key);
        assert_hex_equal(public_key, sizeof public_key, VECTORS[i].public_key);
        ed25519_sign(seed, public_key, message, len, signature);
        assert_hex_equal(signature, sizeof signature, VECTORS[i].signature);
        assert_true(ed25519_verify(public_key, message, len, signature));
    }
}

static void a_guest_agents_signature_verifies_and_a_changed_one_does_not(void **state)
{
    uint8_t public_key[32], signature[64];

    (void)state;
    from_hex("698f56bd587d8ce3ca8db0e1c361ba9d190089f98dc4d9df800ff92ed073a65d", public_key, 32);
    from_hex("95c9142f45fd10b162ccb569c172b50070f952d47771c03caf73adf168eeac84"
             "5cbd446494c0db9594d7255475aa2382c707e8a48125d649480014d98f25040a",
             signature, 64);
    assert_true(ed25519_verify(public_key, "abc", 3, signature));
    assert_false(ed25519_verify(public_key, "abd", 3, signature));
    assert_false(ed25519_verify(public_key, "abc", 2, signature));
    for (size_t i = 0; i < 64; i += 31) {
        signature[i] ^= 1;
        assert_false(ed25519_verify(public_key, "abc", 3, signature));
        signature[i] ^= 1;
    }
    public_key[0] ^= 1;
    assert_false(ed25519_verify(public_key, "abc", 3, signature));
}

static void public_keys_are_points_of_the_curve(void **state)
{
    /* Whether y = 0..11 is on the curve, from the curve's equation. */
    const bool expected[12] = {true, true, false, true, true, true, true, false, false, true, true, false};
    uint8_t key[32];

    (void)state;
    for (size_t i = 0; i < VECTOR_COUNT; i++) {
        from_hex(VECTORS[i].public_key, key, sizeof key);
        assert_true(ed25519_is_public_key(key));
        key[31] ^= 0x80; /* the other x */
        assert_true(ed25519_is_public_key(key));
    }
    for (uint8_t y = 0; y < 12; y++) {
        memset(key, 0, sizeof key);
        key[0] = y;
        assert_int_equal(ed25519_is_public_key(key), expected[y]);
        key[31] = 0x80;
        assert_int_equal(ed25519_is_public_key(key), expected[y]);
    }
}

/* p + 1 and p + 2 in 255 bits stand for y = 1 and y = 2. */
static void a_y_above_p_is_taken_modulo_p(void **state)
{
    uint8_t key[32];

    (void)state;
    memset(key, 0xff, sizeof key);
    key[31] = 0x7f;
    key[0] = 0xee;
    assert_true(ed25519_is_public_key(key));
    key[0] = 0xef;
    assert_false(ed25519_is_public_key(key));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_8032_signatures),
        cmocka_unit_test(a_guest_agents_signature_verifies_and_a_changed_one_does_not),
        cmocka_unit_test(public_keys_are_points_of_the_curve),
        cmocka_unit_test(a_y_above_p_is_taken_modulo_p),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
