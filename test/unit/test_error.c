#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/error.h"
#include "sim/base/utf8.h"

static void the_first_cause_is_kept(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(error_input(&error, "%s is %d", "first", 1), -1);
    assert_int_equal(error_internal(&error, "second"), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "first is 1");
}

static void one_that_is_cleared_takes_the_next_cause(void **state)
{
    struct error error;
    char reason[ERROR_TEXT_BYTES];

    (void)state;
    memset(&error, 0xff, sizeof error);
    error_clear(&error);
    error_reason(&error, reason, sizeof reason);
    assert_string_equal(reason, "");
    error_quote(&error, "no such color: ", span_text("secret"), ": give another");
    assert_string_equal(error.text, "no such color: secret: give another");
    error_clear(&error);
    error_input(&error, "it is too late");
    error_reason(&error, reason, sizeof reason);
    assert_string_equal(reason, "it is too late");
}

static void our_own_faults_are_told_apart(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    error_internal(&error, "broken");
    assert_int_equal(error.kind, ERROR_INTERNAL);
}

static void what_is_not_there_is_told_apart(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(error_unavailable(&error, "no %s", "GPU"), -1);
    assert_int_equal(error.kind, ERROR_UNAVAILABLE);
    assert_string_equal(error.text, "no GPU");
}

static void context_goes_in_front(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    error_input(&error, "inner");
    assert_int_equal(error_context(&error, "file %s", "x.json"), -1);
    error_context(&error, "outer");
    assert_string_equal(error.text, "outer: file x.json: inner");
    assert_int_equal(error.kind, ERROR_INPUT);
}

static void advice_comes_last(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    error_input(&error, "no space");
    assert_int_equal(error_advice(&error, "try %s", "another disk"), -1);
    error_context(&error, "x.json");
    assert_string_equal(error.text, "x.json: no space; try another disk");
    assert_int_equal(error.kind, ERROR_INPUT);
}

static void what_is_too_long_is_cut(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    char text[2000];

    (void)state;
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = 0;
    error_input(&error, "%s", text);
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    error_advice(&error, "at the end");
    error_context(&error, "in front");
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    assert_memory_equal(error.text, "in front: aaaa", 14);
    error_advice(&error, "at the end");
    assert_int_equal(strlen(error.text), sizeof error.text - 1);
    error_context(&error, "%s", text);
    assert_memory_equal(error.text, "in front: aaaa", 14);
}

static void assert_reason(const struct error *error, const char *expected)
{
    char reason[ERROR_TEXT_BYTES];

    error_reason(error, reason, sizeof reason);
    assert_string_equal(reason, expected);
}

static void the_reason_leaves_out_what_is_quoted(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct error number = {.kind = ERROR_NONE};
    struct error plain = {.kind = ERROR_NONE};
    char cut[8];

    (void)state;
    assert_int_equal(error_quote(&error, "no color \"", span_text("secret"), "\"; use %s", "red"), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "no color \"secret\"; use red");
    assert_reason(&error, "no color \"...\"; use red");
    error_context(&error, "element %d", 3);
    assert_string_equal(error.text, "element 3: no color \"secret\"; use red");
    assert_reason(&error, "element 3: no color \"...\"; use red");
    error_reason(&error, cut, sizeof cut);
    assert_string_equal(cut, "element");
    assert_int_equal(error_quote_number(&number, "at most 9, not ", 18446744073709551615u, " apples"), -1);
    assert_string_equal(number.text, "at most 9, not 18446744073709551615 apples");
    assert_reason(&number, "at most 9, not ... apples");
    error_input(&plain, "nothing is quoted");
    error_quote(&plain, "a later ", span_text("cause"), " is ignored");
    assert_reason(&plain, "nothing is quoted");
}

static void a_quotation_is_cut_between_characters(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct error nul = {.kind = ERROR_NONE};
    char text[2 * ERROR_QUOTE_MAX], expected[ERROR_TEXT_BYTES];

    (void)state;
    memset(text, 'q', sizeof text);
    memcpy(text + ERROR_QUOTE_MAX - 1, "\xc3\xa9", 2);
    error_quote(&error, "<", span_of(text, sizeof text), ">");
    snprintf(expected, sizeof expected, "<%.*s>", ERROR_QUOTE_MAX - 1, text);
    assert_string_equal(error.text, expected);
    assert_reason(&error, "<...>");
    error_quote(&nul, "<", span_of("a\0b", 3), ">");
    assert_string_equal(nul.text, "<a?b>");
    assert_reason(&nul, "<...>");
}

/* Whatever does not fit, the reason shows nothing of it. */
static void a_quotation_that_is_pushed_out_stays_hidden(void **state)
{
    char filler[ERROR_TEXT_BYTES + 8], secret[ERROR_QUOTE_MAX], reason[ERROR_TEXT_BYTES];

    (void)state;
    memset(secret, 's', sizeof secret);
    for (size_t len = 0; len < sizeof filler; len++) {
        struct error error = {.kind = ERROR_NONE}, moved = {.kind = ERROR_NONE};

        memset(filler, 'f', sizeof filler);
        filler[len] = '\0';
        error_quote(&error, filler, span_of(secret, sizeof secret), "%s", filler);
        error_reason(&error, reason, sizeof reason);
        assert_null(strchr(reason, 's'));
        error_quote(&moved, "a", span_of(secret, sizeof secret), "b");
        error_context(&moved, "%s", filler);
        error_context(&moved, "%s", filler);
        error_reason(&moved, reason, sizeof reason);
        assert_null(strchr(reason, 's'));
    }
}

/* However it has come to be too long. */
static void what_is_cut_is_cut_between_characters(void **state)
{
    static const char *const characters[] = {"\u00e9", "\u20ac", "\U0001f600", "x"};
    char filler[ERROR_TEXT_BYTES + 8];

    (void)state;
    for (size_t len = ERROR_TEXT_BYTES - 8; len < ERROR_TEXT_BYTES + 4; len++)
        for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
            struct error errors[4] = {{.kind = ERROR_NONE}};
            char reason[ERROR_TEXT_BYTES];

            memset(filler, 'f', sizeof filler);
            filler[len] = '\0';
            error_input(&errors[0], "%s%s%s", filler, characters[i], characters[i]);
            error_quote(&errors[1], "a ", span_text(characters[i]), "%s%s", filler, characters[i]);
            error_input(&errors[2], "%s", characters[i]);
            filler[len % (ERROR_TEXT_BYTES - 2)] = '\0';
            error_context(&errors[2], "%s", filler);
            error_input(&errors[3], "%s", filler);
            error_advice(&errors[3], "%s", characters[i]);
            for (size_t k = 0; k < sizeof errors / sizeof *errors; k++) {
                assert_true(utf8_valid(errors[k].text, strlen(errors[k].text)));
                error_reason(&errors[k], reason, sizeof reason);
                assert_true(utf8_valid(reason, strlen(reason)));
            }
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_cause_is_kept),
        cmocka_unit_test(one_that_is_cleared_takes_the_next_cause),
        cmocka_unit_test(our_own_faults_are_told_apart),
        cmocka_unit_test(what_is_not_there_is_told_apart),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(advice_comes_last),
        cmocka_unit_test(what_is_too_long_is_cut),
        cmocka_unit_test(what_is_cut_is_cut_between_characters),
        cmocka_unit_test(the_reason_leaves_out_what_is_quoted),
        cmocka_unit_test(a_quotation_is_cut_between_characters),
        cmocka_unit_test(a_quotation_that_is_pushed_out_stays_hidden),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
