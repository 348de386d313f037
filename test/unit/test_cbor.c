/* CBOR values of RFC 8949, appendix A, written and read, and such as are cut or of another kind. */
#include "sim/format/cbor.h"

#include "test/unit/buf_fixture.h"

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
        cbor_write_uint(&out, cases[i].value);
        assert_hex_equal(out.data, out.len, cases[i].hex);
    }
}

static void texts_bytes_and_maps(void **state)
{
    static const char long_text[] = "abcdefghijklmnopqrstuvwx";

    (void)state;
    cbor_write_map(&out, 2);
    cbor_write_text(&out, "IETF");
    cbor_write_bytes(&out, "\x01\x02\x03\x04", 4);
    cbor_write_text(&out, "");
    cbor_write_bytes(&out, NULL, 0);
    assert_hex_equal(out.data, out.len,
                     "a26449455446"
                     "4401020304"
                     "60"
                     "40");
    buf_reset(&out);
    cbor_write_text(&out, long_text);
    assert_int_equal(out.len, 26);
    assert_memory_equal(out.data, "\x78\x18", 2);
    buf_reset(&out);
    cbor_write_map(&out, 24);
    assert_hex_equal(out.data, out.len, "b818");
}

static struct span bytes(const char *hex, uint8_t *room)
{
    from_hex(hex, room, strlen(hex) / 2);
    return span_of(room, strlen(hex) / 2);
}

static void numbers_are_read_at_every_width(void **state)
{
    static const struct {
        const char *hex;
        uint64_t value;
    } rows[] = {
        {"00", 0},
        {"17", 23},
        {"1818", 24},
        {"1903e8", 1000},
        {"1a000f4240", 1000000},
        {"1bffffffffffffffff", UINT64_MAX},
    };
    uint8_t room[16];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct span rest = bytes(rows[i].hex, room);
        uint64_t value;
        assert_true(cbor_read_uint(&rest, &value));
        assert_true(value == rows[i].value);
        assert_int_equal(rest.len, 0);
    }
}

static void texts_bytes_and_maps_are_read(void **state)
{
    uint8_t room[64];
    struct span rest = bytes("a2616101616243010203", room), string;
    uint64_t value;

    (void)state;
    assert_true(cbor_read_map(&rest, &value) && value == 2);
    assert_false(cbor_read_key(&rest, "b"));
    rest = span_of(room + 1, 9);
    assert_true(cbor_read_key(&rest, "a") && cbor_read_uint(&rest, &value) && value == 1);
    assert_true(cbor_read_text(&rest, &string) && span_is(string, "b"));
    assert_true(cbor_read_bytes(&rest, &string) && span_is(string, "\1\2\3"));
    assert_int_equal(rest.len, 0);
}

static void what_is_not_there_is_not_read(void **state)
{
    static const char *const texts[] = {"",
                                        "18",
                                        "1900",
                                        "1a000000",
                                        "1b00",
                                        "1c",
                                        "1f",
                                        "43",
                                        "5f",
                                        "63ffff",
                                        "5bffffffffffffffff",
                                        "5b0000000000000002",
                                        "bf",
                                        "f6"};
    uint8_t room[16];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct span string;
        uint64_t value;
        for (int kind = 0; kind < 4; kind++) {
            struct span rest = bytes(texts[i], room);
            assert_false(kind == 0   ? cbor_read_uint(&rest, &value)
                         : kind == 1 ? cbor_read_text(&rest, &string)
                         : kind == 2 ? cbor_read_bytes(&rest, &string)
                                     : cbor_read_map(&rest, &value));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUF_TEST(numbers_take_the_shortest_form),          BUF_TEST(texts_bytes_and_maps),
        cmocka_unit_test(numbers_are_read_at_every_width), cmocka_unit_test(texts_bytes_and_maps_are_read),
        cmocka_unit_test(what_is_not_there_is_not_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
