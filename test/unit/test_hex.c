/* Hexadecimal out and in, and where a wrong digit is. */
#include "test/unit/vectors.h"

#include "sim/base/span.h"

static enum hex_error decode_span(struct span text, uint8_t *out, size_t *out_len, size_t *bad_at)
{
    char *exact = malloc(text.len ? text.len : 1); /* no NUL: a read past the end shows under ASan */
    enum hex_error result;

    assert_non_null(exact);
    memcpy(exact, text.data, text.len);
    result = hex_decode(exact, text.len, out, out_len, bad_at);
    free(exact);
    return result;
}

static enum hex_error decode(const char *text, uint8_t *out, size_t *out_len, size_t *bad_at)
{
    return decode_span(span_text(text), out, out_len, bad_at);
}

static void every_byte_round_trips(void **state)
{
    static const char digits[] = "0123456789abcdef", upper[] = "0123456789ABCDEF";
    uint8_t all[256], back[256];
    char text[513] = {0};
    size_t len, bad_at;

    (void)state;
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (uint8_t)i;
    hex_encode_upper(all, sizeof all, text);
    for (size_t i = 0; i < sizeof all; i++) {
        assert_int_equal(text[2 * i], upper[i / 16]);
        assert_int_equal(text[2 * i + 1], upper[i % 16]);
    }
    hex_encode(all, sizeof all, text);
    for (size_t i = 0; i < sizeof all; i++) {
        assert_int_equal(text[2 * i], digits[i / 16]);
        assert_int_equal(text[2 * i + 1], digits[i % 16]);
    }
    assert_int_equal(text[512], 0);
    assert_int_equal(decode(text, back, &len, &bad_at), HEX_OK);
    assert_int_equal(len, sizeof all);
    assert_memory_equal(back, all, sizeof all);
}

static void either_case_and_a_prefix(void **state)
{
    static const char *const texts[] = {"00abcdef", "00ABCDEF", "0x00abcdef", "0X00aBcDeF"};
    uint8_t out[5];
    size_t len, bad_at;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(decode(texts[i], out, &len, &bad_at), HEX_OK);
        assert_int_equal(len, 4);
        assert_memory_equal(out, "\x00\xab\xcd\xef", 4);
    }
}

static void an_empty_text_is_no_bytes(void **state)
{
    uint8_t out[1] = {7};
    size_t len = 9, bad_at;
    char text = '!';

    (void)state;
    assert_int_equal(decode("", out, &len, &bad_at), HEX_OK);
    assert_int_equal(len, 0);
    len = 9;
    assert_int_equal(decode("0x", out, &len, &bad_at), HEX_OK);
    assert_int_equal(len, 0);
    hex_encode(NULL, 0, &text);
    assert_int_equal(text, '!');
    assert_int_equal(out[0], 7);
}

static void an_odd_count_is_refused(void **state)
{
    static const char *const texts[] = {"0", "f", "abc", "0x1", "0xabc"};
    uint8_t out[4];
    size_t len, bad_at;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_int_equal(decode(texts[i], out, &len, &bad_at), HEX_ODD);
}

static void a_wrong_digit_is_pointed_at(void **state)
{
    static const struct {
        const char *text;
        size_t at;
    } cases
        [] =
            {
                {"g0", 0},   {"0g", 1},   {"00 0", 2},       {"0x0x", 3}, {"x0", 0},
                {"0xzz", 2}, {"abcx", 3}, {"00\xc3\xa4", 2}, {"12/4", 2}, {"12:4", 2},
                {"12@4", 2}, {"12`4", 2}, {"12G", 2}, /* a digit is named first, even of an odd number */
            };
    uint8_t out[4];
    size_t len, bad_at;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bad_at = SIZE_MAX;
        assert_int_equal(decode(cases[i].text, out, &len, &bad_at), HEX_DIGIT);
        assert_int_equal(bad_at, cases[i].at);
    }
}

static void only_the_hex_digits_are_digits(void **state)
{
    uint8_t out[1];
    size_t len, bad_at;

    (void)state;
    for (int c = 1; c < 256; c++) {
        const char text[] = {'0', (char)c, 0};
        bool digit = strchr("0123456789abcdefABCDEF", c) != NULL;
        if (c == 'x' || c == 'X')
            continue; /* the prefix */
        assert_int_equal(decode(text, out, &len, &bad_at), digit ? HEX_OK : HEX_DIGIT);
    }
}

static void a_text_is_read_into_the_arena_or_explained(void **state)
{
    static const struct {
        const char *text, *reason;
    } wrong[] = {
        {"0xabc", "key must be hex with two digits per byte, but has an odd number of digits"},
        {"0g", "key must be hex, but character 2 is not a hex digit"},
    };
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    uint8_t *bytes;
    size_t len;

    (void)state;
    arena_init(&arena);
    assert_int_equal(hex_read(span_text("0xA1b2"), "key", &arena, &bytes, &len, &error), 0);
    assert_hex_equal(bytes, len, "a1b2");
    assert_int_equal(hex_read(SPAN_NONE, "key", &arena, &bytes, &len, &error), 0);
    assert_int_equal(len, 0);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        error.kind = ERROR_NONE;
        assert_int_equal(hex_read(span_text(wrong[i].text), "key", &arena, &bytes, &len, &error), -1);
        assert_string_equal(error.text, wrong[i].reason);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_round_trips),
        cmocka_unit_test(either_case_and_a_prefix),
        cmocka_unit_test(an_empty_text_is_no_bytes),
        cmocka_unit_test(an_odd_count_is_refused),
        cmocka_unit_test(a_wrong_digit_is_pointed_at),
        cmocka_unit_test(only_the_hex_digits_are_digits),
        cmocka_unit_test(a_text_is_read_into_the_arena_or_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
