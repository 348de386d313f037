/* What is read by a plan: kept as a tree, as text, or only checked. */
#include <stdio.h>

#include "sim/base/buf.h"
#include "sim/format/json_read.h"
#include "test/unit/vectors.h"

static enum json_read_form form_by_name(const void *context, struct span name)
{
    (void)context;
    return span_is(name, "tree")                                 ? JSON_READ_TREE
           : span_is(name, "text")                               ? JSON_READ_TEXT
           : span_is(name, "gone") || span_is(name, "left\nout") ? JSON_READ_OMITTED
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

static void what_is_omitted_is_not_there(void **state)
{
    json_t *root =
        read_planned("{\"gone\":{\"a\":[1,{\"b\":2}]},\"tree\":1,\"left\\nout\":1,\"other\":3}", 1);

    (void)state;
    assert_int_equal(json_object_size(root), 2);
    assert_int_equal(json_integer_value(json_object_get(root, "tree")), 1);
    assert_non_null(json_object_get(root, "other"));
    json_decref(root);
    root = read_planned("[{\"gone\":1},{\"tree\":[{\"gone\":1}],\"gone\":2}]", 2);
    assert_int_equal(json_object_size(json_array_get(root, 0)), 0);
    assert_int_equal(json_object_size(json_array_get(root, 1)), 1);
    json_decref(root);
}

/* --- texts that are given --- */

struct receiver {
    struct buf texts; /* with a space after each */
    bool has_been_asked;
};

static enum json_read_form form_of_given(const void *context, struct span name)
{
    struct receiver *receiver = *(struct receiver *const *)context;

    if (!span_is(name, "given"))
        return JSON_READ_TREE;
    if (receiver->has_been_asked)
        return JSON_READ_TWICE;
    receiver->has_been_asked = true;
    return JSON_READ_GIVEN;
}

static void take_text(void *taker, struct span text)
{
    struct receiver *receiver = taker;

    buf_append_span(&receiver->texts, text);
    buf_append_byte(&receiver->texts, ' ');
}

static json_t *read_giving(const char *text, struct receiver *receiver, json_error_t *reason)
{
    const struct json_read_plan plan = {
        .form = form_of_given, .context = &receiver, .depth = 1, .take_text = take_text, .taker = receiver};

    *receiver = (struct receiver){.has_been_asked = false};
    buf_init(&receiver->texts, 100);
    return json_read(span_text(text), true, &plan, reason);
}

static void assert_given(const char *text, const char *given, size_t kept)
{
    struct receiver receiver;
    json_error_t reason;
    json_t *root = read_giving(text, &receiver, &reason);

    assert_non_null(root);
    assert_int_equal(json_object_size(root), kept);
    assert_int_equal(receiver.texts.len, strlen(given));
    assert_memory_equal(receiver.texts.data ? receiver.texts.data : (const uint8_t *)"", given,
                        strlen(given));
    json_decref(root);
    buf_free(&receiver.texts);
}

static void strings_are_given_and_other_values_kept(void **state)
{
    (void)state;
    assert_given("{\"given\":\"a\",\"x\":1}", "a ", 1);
    assert_given("{\"x\":\"y\" , \"given\" : \"b\\u0063\\n\" }", "bc\n ", 1);
    assert_given("{\"g\\u0069ven\":\"\"}", " ", 0);
    assert_given("{\"given\":null}", "", 1);
    assert_given("{\"given\":[\"a\",{\"given\":\"b\"}]}", "", 1);
    assert_given("{\"x\":{\"given\":\"b\",\"y\":1},\"given\":\"c\"}", "c ", 1);
}

/* It is said where and in the same words as without a plan. */
static void what_is_given_must_be_right(void **state)
{
    static const char *const wrong[] = {
        "{\"given\":\"a\",\"given\":\"b\"}",
        "{\"given\":\"a\",\"given\":1}",
        "{\"given\":1,\"given\" :\"b\"}",
        "{\"given\":\"a",
        "{\"given\" \"a\"}",
        "{\"given\":\"a\" \"b\"}",
        "{\"given\":\"\\x\"}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct receiver receiver;
        json_error_t reason, expected;

        assert_null(read_giving(wrong[i], &receiver, &reason));
        assert_null(json_read(span_text(wrong[i]), true, NULL, &expected));
        assert_string_equal(reason.text, expected.text);
        assert_int_equal(reason.position, expected.position);
        buf_free(&receiver.texts);
    }
}

/* --- names --- */

/* Also where nothing of it is kept, between names that are. */
static void no_name_is_there_twice(void **state)
{
    static const char *const texts[] = {
        "{\"gone\":1,\"tree\":1,\"gone\":1}",
        "{\"left\\nout\":1,\"left\\u000aout\":1}",
        "{\"gone\":{\"gone\":1},\"left\\nout\":{\"gone\":1},\"gone\":1}",
        "{\"tree\":1,\"gone\":1,\"tree\":1}",
        "{\"other\":1,\"gone\":1,\"other\":1}",
        "{\"text\":{\"a\":1,\"a\":1},\"gone\":{\"a\":1,\"a\":1}}",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (read_planned(texts[i], 1))
            fail_msg("read: %s", texts[i]);
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
    static const char *const members[] = {"text", "other", "gone"}; /* a text may have a name twice */
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
        "{\"a\":{\"a\":{\"a\":1}}}",
        "[{\"a\":1},{\"a\":1,\"b\":{\"a\":1,\"b\":1}},{\"b\":1}]",
        "{\"a\":{\"b\":1},\"a\":1}",
        "{\"\\u0061\":1,\"b\":{\"a\":1},\"a\":1}",
        "{\"\\u0061\":1,\"b\":{\"\\u0061\":1},\"\\u0062c\":1}",
        "{\"\\u0061\":1,\"b\":{\"\\u0061\":1},\"\\u0062\":1}",
        "{\"\":1,\"a\":{\"\":1},\"\":1}",
        "{\"a\\u0000\":1}",
        "{\"a\" 1}",
        "{\"a\":1,}",
        "{,}",
        "{}",
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
        for (size_t j = 0; j < sizeof members / sizeof *members; j++) {
            char text[128];
            json_error_t reason;
            json_t *expected, *got;

            snprintf(text, sizeof text, "{\"%s\":%s}", members[j], values[i]);
            expected = json_loads(
                text, (j == 0 ? 0 : JSON_REJECT_DUPLICATES) | JSON_DECODE_ANY | JSON_ALLOW_NUL, &reason);
            got = read_planned(text, 1);
            if (!got != !expected)
                fail_msg("%s: %s", got ? "read" : "refused", text);
            json_decref(expected);
            json_decref(got);
        }
}

/* --- elements that are taken --- */

struct taken {
    size_t count, most;
    json_int_t sum;
};

static bool take(void *taker, const json_t *element)
{
    struct taken *taken = taker;

    taken->count++;
    taken->sum += json_integer_value(json_object_get(element, "tree")) + json_integer_value(element);
    assert_null(json_object_get(element, "gone"));
    return taken->count < taken->most;
}

static json_t *read_taken(const char *text, struct taken *taken)
{
    const struct json_read_plan plan = {.form = form_by_name, .depth = 2, .take = take, .taker = taken};
    json_error_t reason;

    return json_read(span_text(text), true, &plan, &reason);
}

static void elements_are_taken_one_by_one(void **state)
{
    static const char text[] = "[{\"tree\":1,\"gone\":5}, 20 ,[[1],{}],{\"tree\":300}]";
    static const struct {
        size_t most, count;
        json_int_t sum;
    } rows[] = {{9, 4, 321}, {4, 4, 321}, {2, 2, 21}, {1, 1, 1}};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct taken taken = {.most = rows[i].most};
        json_t *root = read_taken(text, &taken);

        assert_true(json_is_array(root));
        assert_int_equal(json_array_size(root), 0);
        assert_int_equal(taken.count, rows[i].count);
        assert_int_equal(taken.sum, rows[i].sum);
        json_decref(root);
    }
}

static void others_are_not_taken(void **state)
{
    static const char *const texts[] = {"[]", "{\"tree\":[1,2]}", "7", "[?"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct taken taken = {.most = 1};

        json_decref(read_taken(texts[i], &taken));
        assert_int_equal(taken.count, 0);
    }
}

/* All that follows is still checked. */
static void what_is_not_wanted_is_checked(void **state)
{
    static const char *const texts[] = {"[1,2,?]",
                                        "[1,{\"a\":1,\"a\":1}]",
                                        "[1,{\"gone\":1,\"gone\":2}]",
                                        "[1,{\"tree\":1,\"tree\":2}]",
                                        "[1,[1e999]]",
                                        "[1"};

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t most = 1; most < 9; most += 7) {
            struct taken taken = {.most = most};

            if (read_taken(texts[i], &taken))
                fail_msg("read: %s", texts[i]);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_says_what_becomes_of_members),
        cmocka_unit_test(what_is_omitted_is_not_there),
        cmocka_unit_test(strings_are_given_and_other_values_kept),
        cmocka_unit_test(what_is_given_must_be_right),
        cmocka_unit_test(no_name_is_there_twice),
        cmocka_unit_test(texts_and_nulls_stay_what_they_are),
        cmocka_unit_test(what_is_only_checked_is_checked),
        cmocka_unit_test(elements_are_taken_one_by_one),
        cmocka_unit_test(others_are_not_taken),
        cmocka_unit_test(what_is_not_wanted_is_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
