/* What jansson accepts is accepted, and read as the same values; what it refuses is refused. */
#include "sim/format/json_read.h"

#include <stdio.h>

#include "sim/base/buf.h"
#include "test/unit/vectors.h"

enum { TEXT_BYTES_MAX = 4096, TEXTS = 20000 };

static json_t *by_jansson(struct span text, bool any_value, json_error_t *reason)
{
    return json_loadb((const char *)text.data, text.len,
                      JSON_REJECT_DUPLICATES | (any_value ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0), reason);
}

static enum json_read_form omits(const void *context, struct span name)
{
    (void)context;
    (void)name;
    return JSON_READ_OMITTED;
}

/* Read in another way, by which no member is kept: neither in objects nor in those in an array. */
static void assert_checked(struct span text, bool any_value, const json_t *expected)
{
    for (unsigned depth = 1; depth <= 2; depth++) {
        const struct json_read_plan plan = {.form = omits, .depth = depth};
        json_error_t reason;
        json_t *got = json_read(text, any_value, &plan, &reason);
        const json_t *object = depth == 1 ? got : json_array_get(got, 0);

        if (!got != !expected || json_object_size(object) > 0)
            fail_msg("%s: %.*s", expected ? "refused" : "read", (int)text.len, (const char *)text.data);
        json_decref(got);
    }
}

static void assert_loosely_same(struct span text, bool any_value)
{
    const size_t flags = any_value ? JSON_DECODE_ANY | JSON_ALLOW_NUL : 0;
    json_t *got = json_read_loosely(text, any_value, NULL);
    json_error_t reason;
    json_t *expected = json_loadb((const char *)text.data, text.len, flags, &reason);

    if (!got != !expected || (got && !json_equal(got, expected)))
        fail_msg("loosely %s: %.*s", expected ? "refused" : "read", (int)text.len, (const char *)text.data);
    json_decref(got);
    json_decref(expected);
}

static void assert_same(struct span text, bool any_value)
{
    json_error_t reason;
    json_t *got = json_read(text, any_value, NULL, &reason);
    json_t *expected = by_jansson(text, any_value, &reason);

    if (!got != !expected)
        fail_msg("%s: %.*s", expected ? "refused" : reason.text, (int)text.len, (const char *)text.data);
    assert_true(!got || json_equal(got, expected));
    assert_checked(text, any_value, expected);
    assert_loosely_same(text, any_value);
    json_decref(got);
    json_decref(expected);
}

static void assert_same_in_both_ways(const char *text)
{
    assert_same(span_text(text), true);
    assert_same(span_text(text), false);
}

static void each_rule(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "{}",
        "[]",
        " [ ] ",
        "{ }",
        "[1,2]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "{\"a\":1}",
        "{\"a\":1,}",
        "{\"a\" : 1 , \"b\":[{}]}",
        "{\"a\":1,\"a\":2}",
        "{\"a\"}",
        "{\"a\":}",
        "{1:2}",
        "{a:1}",
        "[1",
        "{",
        "{\"a\":1",
        "1",
        "\"x\"",
        "null",
        "true",
        "false",
        "tru",
        "nulll",
        "[true,false,null]",
        "[True]",
        "x",
        "[0]",
        "[-0]",
        "[00]",
        "[01]",
        "[-]",
        "[+1]",
        "[1.]",
        "[.5]",
        "[1.5]",
        "[1e5]",
        "[1E+5]",
        "[1e-5]",
        "[1e]",
        "[1e+]",
        "[1.5e3]",
        "[-1.25]",
        "[1e400]",
        "[-1e400]",
        "[1e-400]",
        "[0e1]",
        "[0.0]",
        "[1..2]",
        "[9223372036854775807]",
        "[9223372036854775808]",
        "[-9223372036854775808]",
        "[-9223372036854775809]",
        "[1-2]",
        "[0x10]",
        "[NaN]",
        "[Infinity]",
        "[1e5.5]",
        "[\"a\"",
        "\"",
        "\"\\",
        "\"\\\"",
        "[\"\\q\"]",
        "[\"\\b\\f\\n\\r\\t\\/\\\\\\\"\"]",
        "[\"\\u0041\\u00e4\\u20ac\"]",
        "[\"\\ud83d\\ude00\"]",
        "[\"\\ud800\\udc00\"]",
        "[\"\\udbff\\udfff\"]",
        "[\"\\udbff\\ue000\"]",
        "[\"\\ud800\\udbff\"]",
        "[\"\\u\"]",
        "[\"\\ud83d\"]",
        "[\"\\ude00\"]",
        "[\"\\ud83d\\u0041\"]",
        "[\"\\ud83dx\"]",
        "[\"\\u12\"]",
        "[\"\\uFfAa\"]",
        "[\"\\u0000\"]",
        "{\"\\u0000\":1}",
        "[\"a\\u0000b\"]",
        "[\"\x01\"]",
        "[\"\n\"]",
        "[\"\x7f\"]",
        "[\"\t\"]",
        "[\"\xc3\xa4\"]",
        "[\"\xc3\"]",
        "[\"\xa4\"]",
        "[\"\xc0\x80\"]",
        "[\"\xed\xa0\x80\"]",
        "[\"\xf4\x90\x80\x80\"]",
        "[\"\xf0\x9f\x98\x80\"]",
        "[\"\xf0\x9f\x98\"]",
        "[\"\xff\"]",
        "\xef\xbb\xbf{}",
        "[1]x",
        "[1] [2]",
        "[1]\n",
        "\t\r\n [1]",
        "\v[1]",
        "[1]\f",
        "// comment\n[1]",
        "[1,/**/2]",
        "{\"a\":{\"a\":{\"a\":[]}}}",
        "'a'",
        "[']",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "[[],[[]],{}]",
        "{\"\":0}",
        "[\"\"]",
        "nul",
        "-",
        "--1",
        "[1,\n2]",
        "[\"\\",
        "\"\\u00",
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_same_in_both_ways(texts[i]);
    assert_same(span_of("[\"\0\"]", 5), true);
    assert_same(span_of("[1]\0", 4), true);
    assert_same(span_of("\0", 1), true);
}

static void nested(char *text, size_t depth, const char *innermost)
{
    memset(text, '[', depth);
    strcpy(text + depth, innermost);
    memset(text + depth + strlen(innermost), ']', depth);
    text[2 * depth + strlen(innermost)] = '\0';
}

static void as_deep_as_jansson(void **state)
{
    static char text[2 * (JSON_READ_DEPTH_MAX + 8)];

    (void)state;
    for (size_t depth = JSON_READ_DEPTH_MAX - 2; depth < JSON_READ_DEPTH_MAX + 2; depth++) {
        nested(text, depth, "");
        assert_same_in_both_ways(text);
        nested(text, depth, "1");
        assert_same_in_both_ways(text);
    }
}

/* --- texts of chance --- */

struct writer {
    char text[TEXT_BYTES_MAX];
    size_t len;
    uint32_t random;
};

static unsigned drawn(struct writer *writer, unsigned below)
{
    writer->random = writer->random * 1664525u + 1013904223u;
    return (writer->random >> 8) % below;
}

static void put(struct writer *writer, const char *text)
{
    size_t len = strlen(text);

    if (writer->len + len < sizeof writer->text) {
        memcpy(writer->text + writer->len, text, len);
        writer->len += len;
    }
}

static void put_one_of(struct writer *writer, const char *const *texts, unsigned count)
{
    put(writer, texts[drawn(writer, count)]);
}

static void put_space(struct writer *writer)
{
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t", "\r\n  "};

    put_one_of(writer, spaces, 7);
}

static void put_string(struct writer *writer)
{
    static const char *const parts[] = {"a",
                                        "0123456789abcdef0123456789abcdef",
                                        "\\n",
                                        "\\u00e4",
                                        "\xc3\xa4",
                                        "\\ud83d\\ude00",
                                        "\xf0\x9f\x98\x80",
                                        "\\\\",
                                        "\\\"",
                                        "\x7f",
                                        "z",
                                        "\xe2\x82\xac"};

    put(writer, "\"");
    for (unsigned i = drawn(writer, 6); i > 0; i--)
        put_one_of(writer, parts, 12);
    put(writer, "\"");
}

static void put_scalar(struct writer *writer)
{
    static const char *const scalars[] = {"0",   "-1",   "12345678901", "1.5", "-0.25e-3",
                                          "1E9", "true", "false",       "null"};

    if (drawn(writer, 2))
        put_string(writer);
    else
        put_one_of(writer, scalars, 9);
}

static void put_value(struct writer *writer, unsigned depth);

static void put_members(struct writer *writer, unsigned depth, bool is_object)
{
    put(writer, is_object ? "{" : "[");
    put_space(writer);
    for (unsigned count = drawn(writer, 5), i = 0; i < count; i++) {
        put(writer, i ? "," : "");
        put_space(writer);
        if (is_object) {
            put_string(writer);
            put_space(writer);
            put(writer, ":");
        }
        put_value(writer, depth + 1);
    }
    put(writer, is_object ? "}" : "]");
}

static void put_value(struct writer *writer, unsigned depth)
{
    unsigned what = drawn(writer, depth > 4 ? 1 : 3);

    put_space(writer);
    if (what == 0)
        put_scalar(writer);
    else
        put_members(writer, depth, what == 1);
    put_space(writer);
}

/* Changes, removes or repeats a byte. */
static void spoil(struct writer *writer)
{
    static const char bytes[] = "{}[]\",:\\u0e.-+ \n\x01\x80\xc3tfn";
    size_t at = drawn(writer, (unsigned)writer->len);

    switch (drawn(writer, 3)) {
    case 0:
        writer->text[at] = bytes[drawn(writer, sizeof bytes - 1)];
        break;
    case 1:
        memmove(writer->text + at, writer->text + at + 1, writer->len - at - 1);
        writer->len--;
        break;
    default:
        writer->len = at + 1;
    }
}

static void any_text_is_read_as_by_jansson(void **state)
{
    struct writer writer = {.random = 7};

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        writer.len = 0;
        put_value(&writer, 0);
        for (unsigned spoiled = drawn(&writer, 3); spoiled > 0 && writer.len > 0; spoiled--)
            spoil(&writer);
        assert_same(span_of(writer.text, writer.len), drawn(&writer, 2));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_rule),
        cmocka_unit_test(as_deep_as_jansson),
        cmocka_unit_test(any_text_is_read_as_by_jansson),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
