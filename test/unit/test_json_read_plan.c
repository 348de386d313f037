/* What is read by a plan: kept as a tree, as text, or only checked. */
#include <stdio.h>

#include "sim/format/json_read.h"
#include "test/unit/vectors.h"

static enum json_read_form form_by_name(const void *context, struct span name)
{
    (void)context;
    return span_is(name, "tree")   ? JSON_READ_TREE
           : span_is(name, "text") ? JSON_READ_TEXT
                                   : JSON_READ_CHECKED;
}

static json_t *read_planned(const char *text, unsigned depth)
{
    const struct json_read_plan plan = {.form = form_by_name, .depth = depth};
    json_error_t reason;

    return json_read(span_text(text), true, &plan, &reason);
}

static void a_plan_says_what_becomes_of_members(void **state)
{
    json_t *root = read_planned("{\"tree\":[{\"x\":1.5}],\"text\":[ {\"y\":1.50}, \"\\u00e4\" ] ,"
                                "\"other\":[1,{\"z\":\"w\"}]}",
                                1);

    (void)state;
    assert_true(json_real_value(json_object_get(json_array_get(json_object_get(root, "tree"), 0), "x")) ==
                1.5);
    assert_string_equal(json_string_value(json_object_get(root, "text")), "[ {\"y\":1.50}, \"\\u00e4\" ]");
    assert_non_null(json_object_get(root, "other"));
    json_decref(root);
    root = read_planned("[{\"tree\":7,\"other\":\"w\"}]", 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(root, 0), "tree")), 7);
    assert_true(json_is_null(json_object_get(json_array_get(root, 0), "other")));
    json_decref(root);
}

static void texts_and_nulls_stay_what_they_are(void **state)
{
    static const struct {
        const char *json, *text;
    } rows[] = {
        {"{\"text\":\"a\\n\"}", "a\n"}, {"{\"text\":null}", NULL}, {"{\"text\":true}", "true"},
        {"{\"text\":-1e3}", "-1e3"},    {"{\"text\":{ }}", "{ }"}, {"{\"text\": 0 }", "0"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *root = read_planned(rows[i].json, 1), *text = json_object_get(root, "text");

        if (rows[i].text)
            assert_string_equal(json_string_value(text), rows[i].text);
        else
            assert_true(json_is_null(text));
        json_decref(root);
    }
}

/* Each text as a member that is not kept: it is refused exactly when others are. */
static void what_is_only_checked_is_checked(void **state)
{
    static const char *const values[] = {
        "1e400",
        "-1e400",
        "0.0e400",
        "1e308",
        "1e309",
        "123456789e300",
        "123456789e301",
        "1E+5",
        "1e-400",
        "0.1e+309",
        "9223372036854775808",
        "9223372036854775807",
        "1.5e99999999999999999999",
        "1.5e0000000000001",
        "01",
        "1.",
        "\"\\q\"",
        "\"\\u0000\"",
        "[1,]",
        "[[{}]]",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}",
        "tru",
        "true",
        "[1 2]",
        "\"\x7f\"",
        "\"\xc3\"",
        "\"\303\244a\303\244\"",
        "-",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        for (int is_text = 0; is_text < 2; is_text++) {
            char text[128];
            json_error_t reason;
            json_t *expected, *got;

            snprintf(text, sizeof text, "{\"%s\":%s}", is_text ? "text" : "other", values[i]);
            expected = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &reason);
            got = read_planned(text, 1);
            if (!got != !expected)
                fail_msg("%s: %s", got ? "read" : "refused", text);
            json_decref(expected);
            json_decref(got);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_says_what_becomes_of_members),
        cmocka_unit_test(texts_and_nulls_stay_what_they_are),
        cmocka_unit_test(what_is_only_checked_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
