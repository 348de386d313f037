#include "sim/host/lines.h"
#include "test/unit/vectors.h"

static void finds_values_at_the_beginning_of_lines(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(lines_value("PRETTY_NAME=\"a\"\nNAME=\"Debian GNU\"\n", "NAME=", &arena),
                        "Debian GNU");
    assert_string_equal(lines_value("MemTotal:      12 kB\n", "MemTotal:", &arena), "12 kB");
    assert_string_equal(lines_value("model name\t: x\n", "model name", &arena), "x");
    assert_string_equal(lines_value("A=", "A", &arena), "");
    assert_null(lines_value("XA=1", "A", &arena));
    assert_null(lines_value("", "A", &arena));
    arena_free(&arena);
}

static void takes_lines_one_by_one(void **state)
{
    char text[] = "a\n\nb";
    char *at = text;

    (void)state;
    assert_string_equal(lines_next(&at), "a");
    assert_string_equal(lines_next(&at), "");
    assert_string_equal(lines_next(&at), "b");
    assert_null(lines_next(&at));
}

static void reads_an_empty_text_where_there_is_no_file(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(lines_read("/does/not/exist", &arena), "");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_values_at_the_beginning_of_lines),
        cmocka_unit_test(takes_lines_one_by_one),
        cmocka_unit_test(reads_an_empty_text_where_there_is_no_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
