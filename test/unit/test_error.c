#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/base/error.h"

static void the_first_cause_is_kept(void **state)
{
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(error_input(&error, "%s is %d", "first", 1), -1);
    assert_int_equal(error_internal(&error, "second"), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "first is 1");
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_cause_is_kept),
        cmocka_unit_test(our_own_faults_are_told_apart),
        cmocka_unit_test(what_is_not_there_is_told_apart),
        cmocka_unit_test(context_goes_in_front),
        cmocka_unit_test(advice_comes_last),
        cmocka_unit_test(what_is_too_long_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
