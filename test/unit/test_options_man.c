#include <ctype.h>

#include "sim/cli/options_man.h"

#include "sim/base/version.h"
#include "test/unit/options_fixture.h"

/* The text with \- as -, and without changes of the font. */
static char *plain_manual(void)
{
    char *text = PRINTED(options_man(stream));
    char *to = text;

    for (const char *from = text; *from;) {
        if (strncmp(from, "\\f", 2) == 0) {
            from += 3;
            continue;
        }
        from += strncmp(from, "\\-", 2) == 0;
        *to++ = *from++;
    }
    *to = '\0';
    return text;
}

static void has_every_section(void **state)
{
    static const char *const sections[] = {"NAME",  "SYNOPSIS",    "DESCRIPTION", "OPTIONS", "ENVIRONMENT",
                                           "FILES", "EXIT STATUS", "EXAMPLES",    "SEE ALSO"};
    char *text = plain_manual();
    const char *at = text;
    char heading[40];

    (void)state;
    for (size_t i = 0; i < sizeof sections / sizeof *sections; i++) {
        snprintf(heading, sizeof heading, "\n.SH %s\n", sections[i]);
        at = strstr(at, heading); /* in this order */
        assert_non_null(at);
    }
    free(text);
}

static void describes_each_option(void **state)
{
    char *text = plain_manual();
    char option[2 * OPTIONS_NAME_MAX];

    (void)state;
    for (const struct option_row *row = options_table; row->name; row++) {
        const char *at;

        if (row->letter)
            snprintf(option, sizeof option, "\n.TP\n-%c, --%s%s%s\n", row->letter, row->name,
                     row->argument ? " " : "", row->argument ? row->argument : "");
        else
            snprintf(option, sizeof option, "\n.TP\n--%s%s%s\n", row->name, row->argument ? " " : "",
                     row->argument ? row->argument : "");
        at = strstr(text, option);
        assert_non_null(at);
        if (row->more) /* its first words */
            assert_memory_equal(at + strlen(option), row->more, strcspn(row->more, ".:;"));
    }
    free(text);
}

/* One sentence, with commas between the options. */
static void says_what_only_the_command_line_can_ask_for(void **state)
{
    char *text = plain_manual();

    (void)state;
    assert_non_null(strstr(text, "--print-config, --completion, --healthcheck, --man, --version, --help.\n"));
    free(text);
}

static void fills_in_every_field(void **state)
{
    char *text = plain_manual();
    char version[40];

    (void)state;
    snprintf(version, sizeof version, "\"dstack-simulator %s\"", version_number);
    assert_non_null(strstr(text, version));
    for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@'))
        assert_false(isupper((unsigned char)at[1]));
    assert_non_null(strstr(text, "+@%")); /* not a field */
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_every_section),
        cmocka_unit_test(describes_each_option),
        cmocka_unit_test(says_what_only_the_command_line_can_ask_for),
        cmocka_unit_test(fills_in_every_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
