#include "sim/cli/options_completion.h"

#include "test/unit/options_fixture.h"

static char *script(size_t shell)
{
    return PRINTED(options_completion(stream, (enum options_shell)shell));
}

static void names_each_option_in_each_shell(void **state)
{
    char option[OPTIONS_NAME_MAX];

    (void)state;
    for (size_t i = 0; options_table_shell(i); i++) {
        char *text = script(i);

        for (const struct option_row *row = options_table; row->name; row++) {
            snprintf(option, sizeof option, i == OPTIONS_SHELL_FISH ? "-l %s" : "--%s", row->name);
            assert_true(count_word(text, option) >= 1);
        }
        free(text);
    }
}

static void offers_the_words_of_values(void **state)
{
    (void)state;
    for (size_t i = 0; options_table_shell(i); i++) {
        char *text = script(i);

        assert_non_null(strstr(text, "error warn info debug off"));
        assert_non_null(strstr(text, "bash zsh fish"));
        assert_non_null(strstr(text, " Revoked"));
        free(text);
    }
}

static void knows_three_shells(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *text = script(i);

        assert_non_null(strstr(text, options_table_shell(i)));
        free(text);
    }
    assert_null(options_table_shell(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_each_option_in_each_shell),
        cmocka_unit_test(offers_the_words_of_values),
        cmocka_unit_test(knows_three_shells),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
