/* DER values read, among them such as are cut or too large. */
#include "crypto/der_read.h"
#include "test/unit/vectors.h"

static struct bytes der_of(const char *hex, uint8_t *room)
{
    from_hex(hex, room, strlen(hex) / 2);
    return (struct bytes){room, strlen(hex) / 2};
}

static void values_are_taken_off_the_front(void **state)
{
    uint8_t room[64];
    struct bytes from = der_of("30050403010203ff", room), list, octets;

    (void)state;
    assert_false(der_read(&from, DER_OCTET_STRING, &list));
    assert_int_equal(from.len, 8);
    assert_true(der_read(&from, DER_SEQUENCE, &list));
    assert_int_equal(from.len, 1);
    assert_true(der_read(&list, DER_OCTET_STRING, &octets));
    assert_hex_equal(octets.data, octets.len, "010203");
    assert_int_equal(list.len, 0);
    assert_false(der_read(&list, DER_OCTET_STRING, &octets));
}

static void numbers_are_read_up_to_a_limit(void **state)
{
    static const struct {
        const char *hex;
        uint32_t most;
        int64_t value; /* -1: refused */
    } rows[] = {
        {"020100", 255, 0},
        {"0201ff", 255, -1},
        {"020200ff", 255, 255},
        {"02020100", 255, -1},
        {"02020100", 65535, 256},
        {"020500ffffffff", UINT32_MAX, UINT32_MAX},
        {"0205ffffffffff", UINT32_MAX, -1},
        {"02050100000000", UINT32_MAX, -1},
        {"0200", 255, -1},
        {"0202ff", 255, -1},
        {"040100", 255, -1},
    };
    uint8_t room[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct bytes from = der_of(rows[i].hex, room);
        uint32_t value = 0;
        assert_int_equal(der_read_uint(&from, rows[i].most, &value), rows[i].value >= 0);
        assert_int_equal(from.len, rows[i].value >= 0 ? 0 : strlen(rows[i].hex) / 2);
        if (rows[i].value >= 0)
            assert_true(value == (uint64_t)rows[i].value);
    }
}

static void a_value_that_is_cut_is_refused(void **state)
{
    static const char *const texts[] = {"", "30", "3005", "300504", "3080", "308201", "30ff", "3084ffffffff"};
    uint8_t room[16];
    struct bytes value;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct bytes from = der_of(texts[i], room);
        assert_false(der_read(&from, DER_SEQUENCE, &value));
        assert_int_equal(from.len, strlen(texts[i]) / 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_taken_off_the_front),
        cmocka_unit_test(numbers_are_read_up_to_a_limit),
        cmocka_unit_test(a_value_that_is_cut_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
