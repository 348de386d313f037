/* Compact integers of every width, and what is built from them, written and read. */
#include "sim/format/scale.h"

#include "test/unit/buf_fixture.h"

static void compact_integers_take_the_shortest_form(void **state)
{
    static const struct {
        size_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},    {1, "04"},       {42, "a8"},          {63, "fc"},          {64, "0101"},
        {69, "1501"}, {16383, "fdff"}, {16384, "02000100"}, {65535, "feff0300"}, {(1u << 30) - 1, "feffffff"},
    };

    struct span rest;
    size_t value;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_reset(&out);
        scale_write_compact(&out, cases[i].value);
        assert_hex_equal(out.data, out.len, cases[i].hex);
        rest = buf_span(&out);
        assert_true(scale_read_compact(&rest, &value));
        assert_int_equal(value, cases[i].value);
        assert_int_equal(rest.len, 0);
        rest = span_of(out.data, out.len - 1);
        assert_false(scale_read_compact(&rest, &value));
    }
}

static void fixed_integers_and_bytes(void **state)
{
    struct span rest, bytes;
    uint32_t number;

    (void)state;
    scale_write_u32(&out, 0x08000001);
    scale_write_bytes(&out, "abc", 3);
    scale_write_bytes(&out, NULL, 0);
    assert_hex_equal(out.data, out.len,
                     "01000008"
                     "0c616263"
                     "00");
    rest = buf_span(&out);
    assert_true(scale_read_u32(&rest, &number));
    assert_int_equal(number, 0x08000001);
    assert_true(scale_read_bytes(&rest, &bytes) && span_is(bytes, "abc"));
    assert_true(scale_read_bytes(&rest, &bytes) && bytes.len == 0);
    assert_int_equal(rest.len, 0);
    assert_false(scale_read_u32(&rest, &number));
}

static void long_bytes_have_a_long_head(void **state)
{
    static const uint8_t bytes[20000];

    (void)state;
    scale_write_bytes(&out, bytes, sizeof bytes);
    assert_int_equal(out.len, 4 + sizeof bytes);
    assert_hex_equal(out.data, 4, "82380100");
}

static void what_is_cut_or_too_large_is_not_read(void **state)
{
    static const char *const texts[] = {"", "03", "0304000000", "04", "0c6162", "feffffff00", "01", "020001"};
    uint8_t room[16];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct span rest = span_of(room, strlen(texts[i]) / 2), bytes;

        from_hex(texts[i], room, rest.len);
        assert_false(scale_read_bytes(&rest, &bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUF_TEST(compact_integers_take_the_shortest_form),
        BUF_TEST(fixed_integers_and_bytes),
        cmocka_unit_test(what_is_cut_or_too_large_is_not_read),
        BUF_TEST(long_bytes_have_a_long_head),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
