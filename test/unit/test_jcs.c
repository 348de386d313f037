/* JSON in its canonical form: the examples of RFC 8785, and each escape. */
#include "sim/format/jcs.h"

#include "test/unit/buf_fixture.h"

/* What the text becomes. */
static void check(const char *text, const char *canonical)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);

    assert_non_null(value);
    jcs_write(&out, value);
    assert_out(canonical);
    json_decref(value);
}

static void the_example_of_the_rfc(void **state)
{
    (void)state;
    check("{\"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],\n"
          " \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
          " \"literals\": [null, true, false]}",
          "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],"
          "\"string\":\"\xe2\x82\xac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
}

/* In UTF-8 the smiling face would be the last. */
static void names_in_the_order_of_utf16(void **state)
{
    (void)state;
    check("{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\", \"\\ufb33\": \"Hebrew Letter Dalet "
          "With Dagesh\","
          " \"1\": \"One\", \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", \"\\u0080\": \"Control\","
          " \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}",
          "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\","
          "\"\xc3\xb6\":\"Latin Small Letter O With Diaeresis\",\"\xe2\x82\xac\":\"Euro Sign\","
          "\"\xf0\x9f\x98\x80\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With "
          "Dagesh\"}");
}

static void a_name_that_begins_another_comes_first(void **state)
{
    (void)state;
    check("{\"ab\": 1, \"a\": 2, \"\": 3, \"b\": 4, \"B\": 5}", "{\"\":3,\"B\":5,\"a\":2,\"ab\":1,\"b\":4}");
}

static void only_what_must_be_escaped_is(void **state)
{
    (void)state;
    jcs_write_text(&out, span_text("\b\t\n\f\r\"\\/\x01\x1f \x7f\xc3\xa9"));
    assert_out("\"\\b\\t\\n\\f\\r\\\"\\\\/\\u0001\\u001f \x7f\xc3\xa9\"");
}

static void nesting_and_emptiness(void **state)
{
    (void)state;
    check(" [ ] ", "[]");
    check("{ }", "{}");
    check("[[], {\"b\": {\"d\": [0], \"c\": null}, \"a\": \"\"}]",
          "[[],{\"a\":\"\",\"b\":{\"c\":null,\"d\":[0]}}]");
    check("\"text\"", "\"text\"");
    check("-0.0", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BUF_TEST(the_example_of_the_rfc),
        BUF_TEST(names_in_the_order_of_utf16),
        BUF_TEST(a_name_that_begins_another_comes_first),
        BUF_TEST(only_what_must_be_escaped_is),
        BUF_TEST(nesting_and_emptiness),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
