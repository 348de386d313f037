/* Texts of just as many values as may be, and of one more. */
#include "sim/base/value_count.h"

#include "sim/base/buf.h"
#include "test/unit/vectors.h"

/* Whether `before`, and then `each` that many times, is allowed. */
static bool allows(bool (*allow)(struct span), const char *before, const char *each, size_t count)
{
    struct buf text;
    bool is_allowed;

    buf_init(&text, SIZE_MAX);
    buf_append_text(&text, before);
    for (size_t i = 0; i < count; i++)
        buf_append_text(&text, each);
    is_allowed = allow(buf_span(&text));
    buf_free(&text);
    return is_allowed;
}

static void values_of_json_are_counted(void **state)
{
    static const char *const values[] = {",", "[", "{", "\"[,{\",", "\"\\\"[\","};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(allows(value_count_allows_json, "", values[i], VALUE_COUNT_MAX));
        assert_false(allows(value_count_allows_json, "", values[i], VALUE_COUNT_MAX + 1));
    }
    assert_true(allows(value_count_allows_json, "\"", "[", VALUE_COUNT_MAX + 1)); /* one text */
    assert_true(allows(value_count_allows_json, "\"\\\"", ",", VALUE_COUNT_MAX + 1));
    assert_true(value_count_allows_json(SPAN_NONE));
}

static void values_of_yaml_are_counted(void **state)
{
    static const char *const values[] = {",", "[", "{", ":", "?", "-", "\n", "\r"};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(allows(value_count_allows_yaml, "", values[i], VALUE_COUNT_MAX));
        assert_false(allows(value_count_allows_yaml, "\"", values[i], VALUE_COUNT_MAX + 1));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_json_are_counted),
        cmocka_unit_test(values_of_yaml_are_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
