#include "sim/cli/options_help.h"

#include "sim/services/registry.h"
#include "test/unit/options_fixture.h"

enum { SCREEN_LINES = 24, SCREEN_COLUMNS = 80 };

static void fits_a_screen(void **state)
{
    char *text = PRINTED(options_help(stream));
    size_t lines = 0;

    (void)state;
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1, lines++)
        assert_in_range(strcspn(line, "\n"), 1, SCREEN_COLUMNS);
    assert_in_range(lines, 10, SCREEN_LINES);
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
}

static void shows_each_option_once(void **state)
{
    char *text = PRINTED(options_help(stream));
    char option[2 * OPTIONS_NAME_MAX];

    (void)state;
    for (const struct option_row *row = options_table; row->name; row++) {
        snprintf(option, sizeof option, "--%s", row->name);
        assert_int_equal(count_word(text, option), 1);
        snprintf(option, sizeof option, "--%s %s", row->name, row->argument ? row->argument : "");
        assert_non_null(strstr(text, option));
        if (row->letter) {
            snprintf(option, sizeof option, " -%c, --%s", row->letter, row->name);
            assert_non_null(strstr(text, option));
        }
        if (!row->is_joined)
            assert_non_null(strstr(text, row->shared ? row->shared : row->brief));
    }
    free(text);
}

static void shows_the_groups_and_the_way_on(void **state)
{
    char *text = PRINTED(options_help(stream));

    (void)state;
    for (enum option_group group = 0; group < GROUP_COUNT; group++)
        assert_non_null(strstr(text, options_table_group(group)));
    assert_non_null(strstr(text, "decrypt-env FILE"));
    assert_non_null(strstr(text, "http://localhost:8090"));
    assert_non_null(strstr(text, OPTIONS_PREFIX));
    assert_non_null(strstr(text, "man dstack-simulator"));
    free(text);
}

static void shows_every_service(void **state)
{
    char *text = PRINTED(options_help(stream));
    char expected[256] = "\nSERVICES ";

    (void)state;
    for (size_t i = 0; registry_name(i); i++) {
        strcat(expected, " ");
        strcat(expected, registry_name(i));
    }
    assert_non_null(strstr(text, expected));
    free(text);
}

/* Not "each": some ask for one thing to be done, which the environment cannot. */
static void says_what_the_environment_can_set(void **state)
{
    char *text = PRINTED(options_help(stream));
    size_t settings = 0, others = 0;

    (void)state;
    for (const struct option_row *row = options_table; row->name; row++)
        *(row->is_command_line_only ? &others : &settings) += 1;
    assert_true(others > 0 && settings > others);
    assert_non_null(strstr(text, "\nMost can also be set as " OPTIONS_PREFIX));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fits_a_screen),
        cmocka_unit_test(shows_each_option_once),
        cmocka_unit_test(shows_the_groups_and_the_way_on),
        cmocka_unit_test(shows_every_service),
        cmocka_unit_test(says_what_the_environment_can_set),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
