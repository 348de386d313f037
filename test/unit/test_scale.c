/* Compact integers of every width, and what is built from them. */
#include "sim/format/scale.h"

#include "test/unit/vectors.h"

static struct buf out;

static int start(void **state)
{
    (void)state;
    buf_init(&out, SIZE_MAX);
    return 0;
}

static int finish(void **state)
{
    (void)state;
    buf_free(&out);
    return 0;
}

static void compact_integers_take_the_shortest_form(void **state)
{
    static const struct {
        size_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},    {1, "04"},       {42, "a8"},          {63, "fc"},          {64, "0101"},
        {69, "1501"}, {16383, "fdff"}, {16384, "02000100"}, {65535, "feff0300"}, {(1u << 30) - 1, "feffffff"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_reset(&out);
        scale_compact(&out, cases[i].value);
        assert_hex_equal(out.data, out.len, cases[i].hex);
    }
}

static void fixed_integers_and_bytes(void **state)
{
    (void)state;
    scale_u32(&out, 0x08000001);
    scale_bytes(&out, "abc", 3);
    scale_bytes(&out, NULL, 0);
    assert_hex_equal(out.data, out.len,
                     "01000008"
                     "0c616263"
                     "00");
}

static void long_bytes_have_a_long_head(void **state)
{
    static const uint8_t bytes[20000];

    (void)state;
    scale_bytes(&out, bytes, sizeof bytes);
    assert_int_equal(out.len, 4 + sizeof bytes);
    assert_hex_equal(out.data, 4, "82380100");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(compact_integers_take_the_shortest_form, start, finish),
        cmocka_unit_test_setup_teardown(fixed_integers_and_bytes, start, finish),
        cmocka_unit_test_setup_teardown(long_bytes_have_a_long_head, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
