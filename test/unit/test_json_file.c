/* Readers of the simulator's own files: what they take, and what their errors name. */
#include "sim/format/json_file.h"

#include "sim/base/buf.h"
#include "sim/base/value_count.h"
#include "test/unit/vectors.h"

static const char document[] =
    "{\"text\":\"t\\u00e4\",\"number\":7,\"large\":9223372036854775807,\"negative\":-1,\"real\":1.0,"
    "\"hex\":\"0102\",\"upper\":\"0xAB\",\"odd\":\"012\",\"bad\":\"0g\",\"none\":\"\","
    "\"object\":{\"a\":1},\"list\":[],\"null\":null}";

static json_t *root;

static int parse(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    root = json_file_parse(span_text(document), &error);
    return root ? 0 : -1;
}

static int forget(void **state)
{
    (void)state;
    json_decref(root);
    return 0;
}

static void assert_says(const struct error *error, const char *expected)
{
    assert_int_equal(error->kind, ERROR_INPUT);
    if (!strstr(error->text, expected))
        fail_msg("%s: %s", expected, error->text);
}

static const char *const names[] = {"a", "b", NULL};

static void a_peek_takes_what_is_there_twice(void **state)
{
    static const char *const wrong[] = {"", "{", "{\"a\":1,}", "7", "{\"a\":1}x"};
    json_t *peeked =
        json_file_peek(span_text("{\"c\":[],\"a\":1,\"c\":{\"d\":1,\"d\":2},\"a\":{\"b\":2}}"), names);

    (void)state;
    assert_int_equal(json_object_size(peeked), 1);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(peeked, "a"), "b")), 2);
    json_decref(peeked);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_null(json_file_peek(span_text(wrong[i]), names));
}

static void texts_have_just_so_many_values(void **state)
{
    (void)state;
    for (size_t over = 0; over < 2; over++) {
        struct error error = {.kind = ERROR_NONE};
        struct buf text;
        json_t *value, *peeked;

        buf_init(&text, SIZE_MAX);
        buf_append_text(&text, "[{}");
        for (size_t i = 1; i < VALUE_COUNT_MAX / 2 + over; i++)
            buf_append_text(&text, ",{}");
        buf_append_text(&text, "]");
        value = json_file_load(buf_span(&text), &error);
        peeked = json_file_peek(buf_span(&text), names);
        if (over)
            assert_says(&error, "more than 65536 values");
        assert_int_equal(value != NULL, !over);
        assert_int_equal(peeked != NULL, !over);
        json_decref(value);
        json_decref(peeked);
        buf_free(&text);
    }
}

static void takes_objects_alone(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "not valid JSON"},
        {"{\"a\":1,}", "not valid JSON: there is a comma too many (line 1, column 7)"},
        {"{", "line 1, column 1"},
        {"{}x", "not valid JSON"},
        {"[]", "must be a JSON object"},
        {"\"a\"", "not valid JSON"},
        {"{\"a\":1,\"a\":2}", "duplicate"},
        {"{\"a\":\"\xff\"}", "not valid JSON"},
        {"{\"a\":\"\\u0000\"}", "not valid JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_null(json_file_parse(span_text(cases[i].text), &error));
        assert_says(&error, cases[i].expected);
    }
}

static void an_array_is_loaded_but_no_object(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    json_t *array = json_file_load(span_text("[1,2]"), &error);

    (void)state;
    assert_int_equal(json_array_size(array), 2);
    json_decref(array);
    assert_null(json_file_load(span_text("[1,2"), &error));
    assert_says(&error, "not valid JSON: ");
}

static void deep_nesting_is_an_error(void **state)
{
    static const char start[] = {'{', '"', 'a', '"', ':'};
    static char text[10000];
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    memset(text, '[', sizeof text);
    memcpy(text, start, sizeof start);
    assert_null(json_file_parse(span_of(text, sizeof text), &error));
    assert_says(&error, "depth");
}

static void members_and_objects(void **state)
{
    struct error missing = {.kind = ERROR_NONE}, wrong = {.kind = ERROR_NONE};

    (void)state;
    assert_non_null(json_file_member(root, "null", &missing));
    assert_non_null(json_file_object(root, "object", &missing));
    assert_int_equal(missing.kind, ERROR_NONE);
    assert_null(json_file_object(root, "absent", &missing));
    assert_says(&missing, "the member absent is missing");
    assert_null(json_file_object(root, "list", &wrong));
    assert_says(&wrong, "list must be an object");
}

static void strings(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    const char *text;

    (void)state;
    assert_int_equal(json_file_string(root, "text", &text, &error), 0);
    assert_string_equal(text, "t\xc3\xa4");
    assert_int_equal(json_file_string(root, "number", &text, &error), -1);
    assert_says(&error, "number must be a string");
}

static void a_string_is_copied_whole_or_not_at_all(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    char out[4] = "";

    (void)state;
    assert_int_equal(json_file_copy(root, "text", out, sizeof out, &error), 0);
    assert_string_equal(out, "t\xc3\xa4");
    assert_int_equal(json_file_copy(root, "hex", out, sizeof out, &error), -1);
    assert_says(&error, "hex is longer than 3 bytes");
    assert_string_equal(out, "t\xc3\xa4");
}

static void whole_numbers_in_their_range(void **state)
{
    static const char *const refused[] = {"negative", "real", "text", "null", "large"};
    struct error error = {.kind = ERROR_NONE};
    uint64_t value;

    (void)state;
    assert_int_equal(json_file_uint(root, "number", 7, &value, &error), 0);
    assert_int_equal(value, 7);
    assert_int_equal(json_file_uint(root, "large", UINT64_MAX, &value, &error), 0);
    assert_int_equal(value, INT64_MAX);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        error.kind = ERROR_NONE;
        assert_int_equal(json_file_uint(root, refused[i], 100, &value, &error), -1);
        assert_says(&error, "must be a whole number from 0 to 100");
    }
    error.kind = ERROR_NONE;
    assert_int_equal(json_file_uint(root, "number", 6, &value, &error), -1);
}

static void true_and_false_alone(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    json_t *flags = json_file_parse(span_text("{\"on\":true,\"off\":false,\"other\":1}"), &error);
    bool value = false;

    (void)state;
    assert_int_equal(json_file_bool(flags, "on", &value, &error), 0);
    assert_true(value);
    assert_int_equal(json_file_bool(flags, "off", &value, &error), 0);
    assert_false(value);
    assert_int_equal(json_file_bool(flags, "other", &value, &error), -1);
    assert_says(&error, "other must be true or false");
    json_decref(flags);
}

static void hex_of_an_exact_length(void **state)
{
    static const struct {
        const char *name;
        size_t len;
        const char *expected;
    } cases[] = {
        {"hex", 3, "hex must have 3 bytes, but has 2"},
        {"hex", 1, "hex has 2 bytes; at most 1"},
        {"none", 2, "none must have 2 bytes, but has 0"},
        {"odd", 2, "odd must be hex"},
        {"bad", 1, "bad must be hex"},
        {"number", 1, "number must be a string"},
        {"absent", 1, "absent is missing"},
    };
    struct error error = {.kind = ERROR_NONE};
    uint8_t out[4] = {0};

    (void)state;
    assert_int_equal(json_file_hex(root, "hex", out, 2, &error), 0);
    assert_hex_equal(out, 3, "010200");
    assert_int_equal(json_file_hex(root, "upper", out, 1, &error), 0);
    assert_hex_equal(out, 3, "ab0200");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        error.kind = ERROR_NONE;
        assert_int_equal(json_file_hex(root, cases[i].name, out, cases[i].len, &error), -1);
        assert_says(&error, cases[i].expected);
    }
}

static void hex_up_to_a_length(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    uint8_t out[4];
    size_t len = 9;

    (void)state;
    assert_int_equal(json_file_hex_upto(root, "hex", out, sizeof out, &len, &error), 0);
    assert_int_equal(len, 2);
    assert_int_equal(json_file_hex_upto(root, "none", out, sizeof out, &len, &error), 0);
    assert_int_equal(len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_peek_takes_what_is_there_twice),
        cmocka_unit_test(texts_have_just_so_many_values),
        cmocka_unit_test(takes_objects_alone),
        cmocka_unit_test(an_array_is_loaded_but_no_object),
        cmocka_unit_test(deep_nesting_is_an_error),
        cmocka_unit_test_setup_teardown(members_and_objects, parse, forget),
        cmocka_unit_test_setup_teardown(strings, parse, forget),
        cmocka_unit_test_setup_teardown(a_string_is_copied_whole_or_not_at_all, parse, forget),
        cmocka_unit_test_setup_teardown(whole_numbers_in_their_range, parse, forget),
        cmocka_unit_test(true_and_false_alone),
        cmocka_unit_test_setup_teardown(hex_of_an_exact_length, parse, forget),
        cmocka_unit_test_setup_teardown(hex_up_to_a_length, parse, forget),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
