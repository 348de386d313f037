/* A text and its JSON form stay the same text. */
#include "sim/base/text.h"

#include <stdio.h>

#include "sim/base/memory.h"
#include "test/unit/vectors.h"

static void assert_text(const struct text *text, const char *plain, const char *json)
{
    assert_string_equal(text->plain, plain);
    assert_int_equal(text->len, strlen(plain));
    assert_string_equal(text->json, json);
    assert_int_equal(text->json_len, strlen(json));
}

static void a_text_has_its_json_form_beside_it(void **state)
{
    struct text text = {0};

    (void)state;
    text_copy(&text, "line\n\xc3\xa4", 7);
    assert_text(&text, "line\n\xc3\xa4", "\"line\\n\\u00e4\"");
    text_free(&text);
}

static void only_the_given_length_is_taken(void **state)
{
    struct text text = {0};

    (void)state;
    text_copy(&text, "abcdef", 3);
    assert_text(&text, "abc", "\"abc\"");
    text_copy(&text, "", 0);
    assert_text(&text, "", "\"\"");
    text_free(&text);
}

static void setting_takes_over_and_replaces(void **state)
{
    struct text text = {0};
    char *mine = memory_copy("first", 5);

    (void)state;
    text_set(&text, mine, 5);
    assert_ptr_equal(text.plain, mine);
    text_set(&text, memory_copy("second", 6), 6); /* the first is freed: LeakSanitizer looks */
    assert_text(&text, "second", "\"second\"");
    text_copy(&text, text.plain, 3); /* from itself */
    assert_text(&text, "sec", "\"sec\"");
    text_free(&text);
}

static void both_forms_grow(void **state)
{
    struct text text = {0}, more = {0};

    (void)state;
    text_append(&text, "\xc3\xa4", 2);
    assert_text(&text, "\xc3\xa4", "\"\\u00e4\"");
    text_append(&text, "", 0);
    text_append(&text, "\"b\n", 3);
    assert_text(&text, "\xc3\xa4\"b\n", "\"\\u00e4\\\"b\\n\"");
    text_append_text(&text, &more);
    text_copy(&more, "<\xf0\x9f\x98\x80>", 6);
    text_append_text(&text, &more);
    assert_text(&text, "\xc3\xa4\"b\n<\xf0\x9f\x98\x80>", "\"\\u00e4\\\"b\\n<\\ud83d\\ude00>\"");
    text_free(&text);
    text_free(&more);
}

/* Whatever is left of its memory, what is appended fits; ASan sees it. */
static void it_grows_byte_by_byte(void **state)
{
    struct text text = {.plain = NULL};

    (void)state;
    for (size_t i = 0; i < 300; i++)
        text_append(&text, "x", 1);
    assert_int_equal(text.len, 300);
    assert_int_equal(strspn(text.plain, "x"), 300);
    text_free(&text);
}

static void what_is_cut_off_goes_from_both_forms(void **state)
{
    struct text text = {0};

    (void)state;
    text_copy(&text, "a\n\xc3\xa4]", 5);
    text_cut(&text, 1);
    assert_text(&text, "a\n\xc3\xa4", "\"a\\n\\u00e4\"");
    text_cut(&text, 2);
    assert_text(&text, "a\n", "\"a\\n\"");
    text_cut(&text, 0);
    text_append(&text, "b", 1);
    assert_text(&text, "a\nb", "\"a\\nb\"");
    text_cut(&text, 3);
    assert_text(&text, "", "\"\"");
    text_free(&text);
}

/* As much as if it had been set at once. */
static void a_text_grows_a_thousand_times(void **state)
{
    struct text grown = {0}, whole = {0};
    char plain[1000 * 4 + 1] = "";

    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(plain + strlen(plain), 5, "%d\n%c", i % 10, i % 2 ? '"' : '\x7f');
        text_append(&grown, plain + grown.len, strlen(plain) - grown.len);
    }
    text_copy(&whole, plain, strlen(plain));
    assert_text(&grown, whole.plain, whole.json);
    text_free(&grown);
    text_free(&whole);
}

static void freeing_leaves_an_empty_text(void **state)
{
    struct text text = {0};

    (void)state;
    text_free(&text);
    text_copy(&text, "x", 1);
    text_free(&text);
    assert_null(text.plain);
    assert_null(text.json);
    assert_int_equal(text.len, 0);
    assert_int_equal(text.json_len, 0);
    text_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_has_its_json_form_beside_it),
        cmocka_unit_test(only_the_given_length_is_taken),
        cmocka_unit_test(setting_takes_over_and_replaces),
        cmocka_unit_test(both_forms_grow),
        cmocka_unit_test(it_grows_byte_by_byte),
        cmocka_unit_test(what_is_cut_off_goes_from_both_forms),
        cmocka_unit_test(a_text_grows_a_thousand_times),
        cmocka_unit_test(freeing_leaves_an_empty_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
