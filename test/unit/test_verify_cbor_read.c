/* CBOR values of RFC 8949, appendix A, and such as are cut or of another kind. */
#include "sim/format/cbor_read.h"
#include "test/unit/vectors.h"

static struct span bytes(const char *hex, uint8_t *room)
{
    from_hex(hex, room, strlen(hex) / 2);
    return span_of(room, strlen(hex) / 2);
}

static void numbers(void **state)
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

static void strings_and_maps(void **state)
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

static void what_is_not_there(void **state)
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
        cmocka_unit_test(numbers),
        cmocka_unit_test(strings_and_maps),
        cmocka_unit_test(what_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
