/* Heads of every width (RFC 8949, appendix A). */
#include "sim/format/cbor.h"

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

static void numbers_take_the_shortest_form(void **state)
{
    static const struct {
        uint64_t value;
        const char *hex;
    } cases[] = {
        {0, "00"},
        {23, "17"},
        {24, "1818"},
        {255, "18ff"},
        {256, "190100"},
        {1000, "1903e8"},
        {65535, "19ffff"},
        {65536, "1a00010000"},
        {1000000, "1a000f4240"},
        {UINT32_MAX, "1affffffff"},
        {(uint64_t)UINT32_MAX + 1, "1b0000000100000000"},
        {UINT64_MAX, "1bffffffffffffffff"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_reset(&out);
        cbor_uint(&out, cases[i].value);
        assert_hex_equal(out.data, out.len, cases[i].hex);
    }
}

static void texts_bytes_and_maps(void **state)
{
    static const char long_text[] = "abcdefghijklmnopqrstuvwx";

    (void)state;
    cbor_map(&out, 2);
    cbor_text(&out, "IETF");
    cbor_bytes(&out, "\x01\x02\x03\x04", 4);
    cbor_text(&out, "");
    cbor_bytes(&out, NULL, 0);
    assert_hex_equal(out.data, out.len,
                     "a26449455446"
                     "4401020304"
                     "60"
                     "40");
    buf_reset(&out);
    cbor_text(&out, long_text);
    assert_int_equal(out.len, 26);
    assert_memory_equal(out.data, "\x78\x18", 2);
    buf_reset(&out);
    cbor_map(&out, 24);
    assert_hex_equal(out.data, out.len, "b818");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(numbers_take_the_shortest_form, start, finish),
        cmocka_unit_test_setup_teardown(texts_bytes_and_maps, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
