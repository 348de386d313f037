#include "vectors.h"

#include "crypto/bytes.h"
#include "crypto/random.h"

static void integers_are_written_in_their_byte_order(void **state)
{
    uint8_t out[8];

    (void)state;
    bytes_put_le16(out, 0x1234);
    assert_hex_equal(out, 2, "3412");
    bytes_put_le32(out, 0xf2345678);
    assert_hex_equal(out, 4, "785634f2");
    bytes_put_le64(out, 0xf1f2f3f4f5f6f7f8);
    assert_hex_equal(out, 8, "f8f7f6f5f4f3f2f1");
    bytes_put_be64(out, 0xf1f2f3f4f5f6f7f8);
    assert_hex_equal(out, 8, "f1f2f3f4f5f6f7f8");
}

static void integers_are_read_in_their_byte_order(void **state)
{
    const uint8_t in[4] = {0x78, 0x56, 0x34, 0xf2};

    (void)state;
    assert_int_equal(bytes_get_le16(in), 0x5678);
    assert_int_equal(bytes_get_le32(in), 0xf2345678);
}

static void a_wiped_secret_is_zero_and_its_neighbour_is_not(void **state)
{
    uint8_t secret[5] = {1, 2, 3, 4, 5};

    (void)state;
    bytes_wipe(secret, 4);
    assert_hex_equal(secret, 5, "0000000005");
    bytes_wipe(NULL, 0);
}

static void secrets_are_equal_only_when_every_byte_is(void **state)
{
    const uint8_t a[3] = {1, 2, 3}, same[3] = {1, 2, 3}, first[3] = {0, 2, 3}, last[3] = {1, 2, 0x83};

    (void)state;
    assert_true(bytes_equal_secret(a, same, 3));
    assert_false(bytes_equal_secret(a, first, 3));
    assert_false(bytes_equal_secret(a, last, 3));
    assert_true(bytes_equal_secret(a, last, 2));
    assert_true(bytes_equal_secret(NULL, NULL, 0));
}

/* More than getrandom gives in one call without being interrupted (256 bytes). */
static void random_bytes_fill_all_and_no_more(void **state)
{
    uint8_t a[1025] = {0}, b[1025] = {0};
    const uint8_t zero[32] = {0};

    (void)state;
    random_bytes(a, 1024);
    random_bytes(b, 1024);
    assert_memory_not_equal(a, b, 1024);
    for (size_t i = 0; i < 1024; i += 32)
        assert_memory_not_equal(a + i, zero, 32);
    assert_int_equal(a[1024], 0);
    random_bytes(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_written_in_their_byte_order),
        cmocka_unit_test(integers_are_read_in_their_byte_order),
        cmocka_unit_test(a_wiped_secret_is_zero_and_its_neighbour_is_not),
        cmocka_unit_test(secrets_are_equal_only_when_every_byte_is),
        cmocka_unit_test(random_bytes_fill_all_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
