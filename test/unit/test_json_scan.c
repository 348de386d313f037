/* What is left of a text with escapes. Its meaning: test_json_read.c. */
#include "sim/format/json_scan.h"

#include "test/unit/vectors.h"

static struct json_scan scan_of(const char *text)
{
    struct json_scan scan = {.at = (const uint8_t *)text, .end = (const uint8_t *)text + strlen(text)};

    buf_init(&scan.unescaped, SIZE_MAX);
    return scan;
}

static void assert_zeros(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        assert_int_equal(bytes[i], 0);
}

static void a_text_with_escapes_is_wiped_for_the_next(void **state)
{
    struct json_scan scan = scan_of("a secret\\nof two lines\"\"\\n\"");
    struct span text;

    (void)state;
    assert_true(json_scan_text(&scan, &text));
    assert_int_equal(text.len, strlen("a secret\nof two lines"));
    assert_ptr_equal(text.data, scan.unescaped.data);
    assert_int_equal(scan.unescaped.len, text.len); /* which buf_free wipes */
    assert_true(json_scan_take(&scan, '"'));
    assert_true(json_scan_text(&scan, &text));
    assert_int_equal(text.len, 1);
    assert_zeros(scan.unescaped.data + 1, strlen("a secret\nof two lines") - 1);
    buf_free(&scan.unescaped);
}

static void so_is_one_that_does_not_end(void **state)
{
    struct json_scan scan = scan_of("a secret\\nof two\\x");
    struct span text;

    (void)state;
    assert_false(json_scan_text(&scan, &text));
    assert_int_equal(scan.unescaped.len, strlen("a secret\nof two"));
    buf_free(&scan.unescaped);
}

/* After it the input goes on, and in the second it soon ends. */
static void nothing_is_left_of_what_follows(void **state)
{
    static const struct {
        const char *input, *text;
        size_t copied;
    } rows[] = {
        {"a\\nbcdefgh\":\"a secret\"", "a\nbcdefgh", 5},
        {"aaaaa\\n12345\\nSECR\"", "aaaaa\n12345\nSECR", 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct json_scan scan = scan_of(rows[i].input);
        struct span text;

        assert_true(json_scan_text(&scan, &text));
        assert_true(span_is(text, rows[i].text));
        assert_zeros(text.data + text.len, rows[i].copied);
        buf_free(&scan.unescaped);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_with_escapes_is_wiped_for_the_next),
        cmocka_unit_test(nothing_is_left_of_what_follows),
        cmocka_unit_test(so_is_one_that_does_not_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
