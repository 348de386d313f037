#include "vectors.h"

#include "crypto/hkdf.h"

/* RFC 5869, A.1, with info in one piece and in several. */
static void rfc_5869_case_1(void **state)
{
    static const char expected[] =
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865";
    uint8_t key[22], salt[13], info[10], out[42];
    const struct bytes salt_part = {salt, sizeof salt}, key_part = {key, sizeof key};
    const struct bytes whole = {info, sizeof info}, pieces[] = {{info, 1}, {NULL, 0}, {info + 1, 9}};

    (void)state;
    from_hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", key, sizeof key);
    from_hex("000102030405060708090a0b0c", salt, sizeof salt);
    from_hex("f0f1f2f3f4f5f6f7f8f9", info, sizeof info);
    hkdf_sha256(salt_part, key_part, &whole, 1, out, sizeof out);
    assert_hex_equal(out, sizeof out, expected);
    hkdf_sha256(salt_part, key_part, pieces, 3, out, sizeof out);
    assert_hex_equal(out, sizeof out, expected);
}

/* RFC 5869, A.2: inputs longer than a block, three blocks out. */
static void rfc_5869_case_2(void **state)
{
    uint8_t key[80], salt[80], info[80], out[82];

    (void)state;
    for (size_t i = 0; i < 80; i++) {
        key[i] = (uint8_t)i;
        salt[i] = (uint8_t)(0x60 + i);
        info[i] = (uint8_t)(0xb0 + i);
    }
    hkdf_sha256((struct bytes){salt, 80}, (struct bytes){key, 80}, &(struct bytes){info, 80}, 1, out,
                sizeof out);
    assert_hex_equal(out, sizeof out,
                     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
                     "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71"
                     "cc30c58179ec3e87c14c01d5c1f3434f1d87");
}

/* RFC 5869, A.3: neither salt nor info. */
static void rfc_5869_case_3(void **state)
{
    uint8_t key[22], out[42];

    (void)state;
    memset(key, 0x0b, sizeof key);
    hkdf_sha256((struct bytes){NULL, 0}, (struct bytes){key, sizeof key}, NULL, 0, out, sizeof out);
    assert_hex_equal(out, sizeof out,
                     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

static void a_salt_of_one_byte_counts(void **state)
{
    uint8_t key[32] = {1}, with_x[32], with_y[32];

    (void)state;
    hkdf_sha256((struct bytes){"x", 1}, (struct bytes){key, 32}, NULL, 0, with_x, 32);
    hkdf_sha256((struct bytes){"y", 1}, (struct bytes){key, 32}, NULL, 0, with_y, 32);
    assert_memory_not_equal(with_x, with_y, 32);
}

/* What a running guest agent gave for GetKey with path "a". */
static void a_guest_agents_key(void **state)
{
    uint8_t app_key[32], out[32];

    (void)state;
    from_hex("d6e88992cdeeee35fe70b5db61ab66cdb191fb9b6ec9313757ef162dd7214d5d", app_key, sizeof app_key);
    hkdf_sha256((struct bytes){"RATLS", 5}, (struct bytes){app_key, sizeof app_key}, &(struct bytes){"a", 1},
                1, out, sizeof out);
    assert_hex_equal(out, sizeof out, "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94");
}

static void the_longest_output_fits(void **state)
{
    uint8_t out[255 * 32 + 1];

    (void)state;
    out[255 * 32] = 0x5a;
    hkdf_sha256((struct bytes){NULL, 0}, (struct bytes){"k", 1}, NULL, 0, out, 255 * 32);
    assert_int_equal(out[255 * 32], 0x5a);
    assert_memory_not_equal(out + 253 * 32, out + 254 * 32, 32);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc_5869_case_1),    cmocka_unit_test(rfc_5869_case_2),
        cmocka_unit_test(rfc_5869_case_3),    cmocka_unit_test(a_salt_of_one_byte_counts),
        cmocka_unit_test(a_guest_agents_key), cmocka_unit_test(the_longest_output_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
