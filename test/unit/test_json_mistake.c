/* Mistakes in JSON, with jansson as the parser that refuses them. */
#include "sim/base/json_mistake.h"

#include <jansson.h>

#include "test/unit/vectors.h"

struct mistake {
    const char *text, *sentence;
    int line, column;
};

static bool find(const char *text, size_t len, struct json_mistake *mistake)
{
    uint8_t *copy = malloc(len + 1); /* of that size, so that ASan sees a read past it */
    json_error_t reason;
    json_t *root;
    bool is_found;

    assert_non_null(copy);
    memcpy(copy, text, len);
    root = json_loadb((const char *)copy, len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &reason);
    if (root)
        fail_msg("%s is valid", text);
    is_found = json_mistake_find(span_of(copy, len), (size_t)reason.position, mistake);
    free(copy);
    return is_found;
}

static void each_is_named_with_its_place(void **state)
{
    static const char comma[] = "there is a comma too many";
    static const char no_comma[] = "a comma is missing";
    static const char no_colon[] = "a colon is missing after the name";
    static const char comment[] = "JSON has no comments";
    static const char single[] = "strings need double quotes, not single ones";
    static const char curly[] = "strings need straight double quotes (\")";
    static const char word[] = "JSON has only the words true, false and null";
    static const struct mistake cases[] = {
        {"{\"a\":1,}", comma, 1, 7},
        {"{\n  \"path\": \"a\",\n  \"purpose\": \"b\",\n}", comma, 3, 17},
        {"[1,]", comma, 1, 3},
        {"{\"a\":[{\"b\":{},}]}", comma, 1, 14},
        {"{\"a\":1,,\"b\":2}", comma, 1, 8},
        {"{,}", comma, 1, 2},
        {"{\"gr\xc3\xb6\xc3\x9f"
         "e\":1 , }",
         comma, 1, 12},
        {"{\"a\":1 \"b\":2}", no_comma, 1, 8},
        {"{\"a\":[] \"b\":2}", no_comma, 1, 9},
        {"[1 2]", no_comma, 1, 4},
        {"[{} {}]", no_comma, 1, 5},
        {"{\"a\" 1}", no_colon, 1, 6},
        {"{\"a\" \"b\"}", no_colon, 1, 6},
        {"{\"a\":1} // x", comment, 1, 9},
        {"/* x */{}", comment, 1, 1},
        {"{\"a\":1 # x\n}", comment, 1, 8},
        {"{\n// x\n\"a\":1}", comment, 2, 1},
        {"{'a':1}", single, 1, 2},
        {"{\"a\":'b'}", single, 1, 6},
        {"{\"a\":\xe2\x80\x9c"
         "b\xe2\x80\x9d}",
         curly, 1, 6},
        {"{\xe2\x80\x9e"
         "b\xe2\x80\x9d:1}",
         curly, 1, 2},
        {"{\"a\":True}", word, 1, 6},
        {"{\"a\":None}", word, 1, 6},
        {"{\"a\":NaN}", word, 1, 6},
        {"{\"a\":undefined}", word, 1, 6},
        {"[1,NULL]", word, 1, 4},
        {"\xef\xbb\xbf{}", "the text begins with a byte order mark: leave it out", 1, 1},
    };
    struct json_mistake mistake;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (!find(cases[i].text, strlen(cases[i].text), &mistake))
            fail_msg("%s: nothing found", cases[i].text);
        if (strcmp(mistake.sentence, cases[i].sentence) != 0 || mistake.line != cases[i].line ||
            mistake.column != cases[i].column)
            fail_msg("%s: %s (line %d, column %d)", cases[i].text, mistake.sentence, mistake.line,
                     mistake.column);
    }
}

/* What a shell makes of "{"report_data":"1234"}". */
static void quotes_that_a_shell_took_away(void **state)
{
    struct json_mistake mistake;

    assert_true(find("{report_data:1234}", 18, &mistake));
    assert_non_null(
        strstr(mistake.sentence, "names need double quotes; in a shell, put single quotes around"));
    assert_true(find("{\"path\":wallet/eth}", 19, &mistake));
    assert_non_null(
        strstr(mistake.sentence, "strings need double quotes; in a shell, put single quotes around"));
    assert_int_equal(mistake.column, 9);
}

static void what_a_string_holds_is_no_mistake(void **state)
{
    static const char text[] = "{\"a,}\":[\"x,} // ' # \\\" /*\",\"\\\\\"],\"b\":tru}";
    struct json_mistake mistake;

    assert_true(find(text, strlen(text), &mistake));
    assert_non_null(strstr(mistake.sentence, "strings need double quotes;"));
    assert_int_equal(mistake.column, strstr(text, "tru") - text + 1);
}

/* Then the parser's own words are the better ones. */
static void other_errors_are_left_to_the_parser(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "{",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "[",
        "}",
        "{]",
        "[}",
        "{}}",
        "{} {}",
        "{}x",
        "\"open",
        "\"a\nb\"",
        "{\"a\":01}",
        "{\"a\":-}",
        "{\"a\":1e999}",
        "{\"a\":\"\\x\"}",
        "{\"a\":\"\\ud800\"}",
        "{\"a\":\"\xff\"}",
        ":",
        ",",
        "{:1}",
        "{\"a\"::1}",
        "{\"a\":/}",

        "{\"a\":\"b\\",
        "\x01",
        "{\"a\":1,\"a\":2,}",
        "[\"\xff\",]",
    };
    struct json_mistake mistake;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (find(texts[i], strlen(texts[i]), &mistake))
            fail_msg("%s: %s", texts[i], mistake.sentence);
}

static void deep_text_is_left_to_the_parser(void **state)
{
    struct json_mistake mistake;
    char text[80 * 2 + 4];

    for (size_t depth = 64; depth <= 65; depth++) {
        memset(text, '[', depth);
        memcpy(text + depth, "1,]", 4);
        assert_int_equal(find(text, depth + 3, &mistake), depth == 64);
    }
}

static void what_is_far_from_the_start_is_left_to_the_parser(void **state)
{
    static const size_t read[] = {128 * 1024, 128 * 1024 + 1};

    (void)state;
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        struct json_mistake mistake;
        uint8_t *text = malloc(read[i]);

        memset(text, ' ', read[i]);
        text[0] = '[';
        memcpy(text + read[i] - 3, "1,]", 3);
        assert_int_equal(json_mistake_find(span_of(text, read[i]), read[i], &mistake), i == 0);
        free(text);
    }
}

static void a_text_cut_at_every_length(void **state)
{
    static const char text[] = "{\"a\":[1,{\"b\":'x'}],/*c*/ d:\xe2\x80\x9cx\xe2\x80\x9d, \"e\":tru\\e,}";
    struct json_mistake mistake;

    for (size_t len = 0; len < sizeof text; len++)
        find(text, len, &mistake);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_named_with_its_place),
        cmocka_unit_test(quotes_that_a_shell_took_away),
        cmocka_unit_test(what_a_string_holds_is_no_mistake),
        cmocka_unit_test(other_errors_are_left_to_the_parser),
        cmocka_unit_test(deep_text_is_left_to_the_parser),
        cmocka_unit_test(what_is_far_from_the_start_is_left_to_the_parser),
        cmocka_unit_test(a_text_cut_at_every_length),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
