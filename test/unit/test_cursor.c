/* What is taken off the front of an input, and that nothing is where it is cut. */
#include "sim/base/cursor.h"

#include "test/unit/vectors.h"

static void bytes_and_numbers_come_off_the_front(void **state)
{
    static const uint8_t input[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    struct span rest = span_of(input, sizeof input), taken;
    uint64_t big;
    uint32_t four;
    uint16_t two;
    uint8_t one;

    (void)state;
    assert_true(cursor_take(&rest, 2, &taken) && taken.data == input && taken.len == 2);
    assert_true(cursor_take_byte(&rest, &one) && one == 3);
    assert_true(cursor_take_le16(&rest, &two) && two == 0x0504);
    assert_true(cursor_take_le32(&rest, &four) && four == 0x09080706);
    assert_true(cursor_take_be(&rest, 3, &big) && big == 0x0a0b0c);
    assert_true(rest.len == 0 && cursor_take(&rest, 0, &taken));
}

static void what_is_cut_is_left_as_it_is(void **state)
{
    static const uint8_t input[] = {0x80};
    struct span rest = span_of(input, sizeof input), taken;
    uint64_t big;
    uint32_t four;
    uint16_t two;

    (void)state;
    assert_false(cursor_take(&rest, 2, &taken));
    assert_false(cursor_take_le16(&rest, &two));
    assert_false(cursor_take_le32(&rest, &four));
    assert_false(cursor_take_be(&rest, 2, &big));
    assert_false(cursor_take_varint(&rest, 10, &big));
    assert_true(rest.data == input && rest.len == 1);
}

static void varints_of_every_width(void **state)
{
    static const struct {
        const char *hex;
        size_t bytes_max;
        uint64_t value;
    } cases[] = {
        {"00", 1, 0},
        {"7f", 1, 127},
        {"8001", 2, 128},
        {"8000", 2, 0},
        {"ffffffff0f", 10, UINT32_MAX},
        {"ffffffffffffffff7f", 9, INT64_MAX},
        {"ffffffffffffffffff01", 10, UINT64_MAX},
    };
    uint8_t room[16];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = strlen(cases[i].hex) / 2;
        struct span rest = span_of(room, len + 1);
        uint64_t value;

        from_hex(cases[i].hex, room, len);
        assert_true(cursor_take_varint(&rest, cases[i].bytes_max, &value));
        assert_true(value == cases[i].value);
        assert_int_equal(rest.len, 1);
        rest = span_of(room, len);
        assert_false(cursor_take_varint(&rest, len - 1, &value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_and_numbers_come_off_the_front),
        cmocka_unit_test(what_is_cut_is_left_as_it_is),
        cmocka_unit_test(varints_of_every_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
