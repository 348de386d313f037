/* The target of a request, taken apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim/http/http_target.h"

static const struct {
    const char *target, *authority, *path, *query;
    bool is_absolute;
} rows[] = {
    {"/a/b?c=d?e", "", "/a/b", "c=d?e", false},
    {"/a", "", "/a", "", false},
    {"/a?", "", "/a", "", false},
    {"", "", "/", "", false},
    {"?a", "", "/", "a", false},
    {"http://localhost:8090/a?b", "localhost:8090", "/a", "b", true},
    {"http://localhost", "localhost", "/", "", true},
    {"http://localhost?a", "localhost", "/", "a", true},
    {"unix:///a", "", "/a", "", true},
    {"/http://a/b", "", "/http://a/b", "", false},
};

static void is_taken_apart(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct http_target target = http_target_split(span_text(rows[i].target));

        assert_true(span_is(target.authority, rows[i].authority));
        assert_true(span_is(target.path, rows[i].path));
        assert_true(span_is(target.query, rows[i].query));
        assert_int_equal(target.is_absolute, rows[i].is_absolute);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_taken_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
