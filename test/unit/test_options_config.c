#include "sim/cli/options_config.h"

#include "test/unit/options_fixture.h"

/* Reads VARIABLE=value lines as a shell does; comments are left out. Returns an
 * environment whose strings are the caller's to free. */
static char **read_back(const char *text)
{
    char **envp = calloc(ARGUMENTS_MAX, sizeof *envp);
    size_t count = 0;

    assert_non_null(envp);
    while (*text) {
        char *variable = calloc(1, strlen(text) + 1), *to = variable;
        bool quoted = false;

        assert_non_null(variable);
        for (; *text && (quoted || *text != '\n'); text++) {
            if (*text == '"' && *variable != '#') {
                quoted = !quoted;
                continue;
            }
            text += quoted && *text == '\\';
            *to++ = *text;
        }
        text += *text == '\n';
        if (*variable && *variable != '#')
            envp[count++] = variable;
        else
            free(variable);
    }
    return envp;
}

static void free_environment(char **envp)
{
    for (char **at = envp; *at; at++)
        free(*at);
    free(envp);
}

static void assert_same_text(const char *text, const char *other)
{
    assert_int_equal(text == NULL, other == NULL);
    if (text)
        assert_string_equal(text, other);
}

static void assert_same_texts(const struct options_texts *list, const struct options_texts *other)
{
    assert_int_equal(list->count, other->count);
    for (size_t i = 0; i < list->count; i++)
        assert_string_equal(list->items[i], other->items[i]);
}

static void assert_same_setting(const struct option_row *row, struct options *a, struct options *b)
{
    const void *field = options_table_field(a, row), *other = options_table_field(b, row);

    switch (row->kind) {
    case OPTION_FLAG:
        assert_int_equal(*(const bool *)field, *(const bool *)other);
        return;
    case OPTION_WORD:
        assert_int_equal(*(const int *)field, *(const int *)other);
        return;
    case OPTION_PARSED:
    case OPTION_LIST:
    case OPTION_SPECS:
        assert_same_texts(&a->texts[row - options_table], &b->texts[row - options_table]);
        return;
    case OPTION_STRING:
        assert_same_text(*(char *const *)field, *(char *const *)other);
    }
}

static void assert_round_trip(char **argv, char **envp)
{
    struct options options = parsed(argv, envp);
    char *text = PRINTED(options_config(stream, &options));
    char **again = read_back(text);
    struct options same = parsed(ARGUMENTS(NULL), again);

    for (const struct option_row *row = options_table; row->name; row++)
        if (!row->is_command_line_only)
            assert_same_setting(row, &options, &same);
    assert_int_equal(same.warnings.count, 0);
    assert_int_equal(same.listen_count, options.listen_count);
    assert_int_equal(same.fault_count, options.fault_count);
    assert_int_equal(same.scenario.advisory_count, options.scenario.advisory_count);
    options_free(&same);
    options_free(&options);
    free_environment(again);
    free(text);
}

static void comes_back_the_same(void **state)
{
    (void)state;
    assert_round_trip(ARGUMENTS(NULL), ENVIRONMENT(NULL));
    assert_round_trip(ARGUMENTS("-l1=kms,tappd", "-l[::1]:2", "-dnone", "--ready-file", "a b", "--public-url",
                                "http://x/y", "--no-control", "--strict", "--app-compose=#x",
                                "--docker-compose=$(x)", "--name", "it's", "--instance", "\"\\",
                                "--app-keys=`x`", "--encrypted-env=~", "--logs-dir=\\", "--sys-config=*",
                                "--gpu-info", "a\nb", "--seed", " x ", "--tcb-status", "Revoked",
                                "--advisory=A", "--advisory=B", "--debug-td", "--fault",
                                "GetKey=500,message=c d;e", "--fault=*=503,message=f\\ ", "--log-level=off",
                                "--log-format=json", "--check", "--print-root-ca"),
                      ENVIRONMENT(NULL));
    assert_round_trip(ARGUMENTS("-l", "unix:/a b;c\\d\\\\e", "-l", "unix:\tx=all"),
                      ENVIRONMENT("DSTACK_SIMULATOR_LOG_LEVEL=debug", "DSTACK_SIMULATOR_SEED=x"));
}

/* Which of the sections a line is in. */
static void assert_in_section(const char *text, const char *section, const char *line)
{
    const char *start = strstr(text, section);
    const char *at = strstr(text, line);
    const char *end;

    assert_non_null(start);
    assert_non_null(at);
    end = strstr(start, "\n\n");
    assert_true(at > start && (!end || at < end));
}

static void says_where_each_is_from(void **state)
{
    struct options options = parsed(ARGUMENTS("--seed", "x", "--print-config", "--debug-td=no"),
                                    ENVIRONMENT("DSTACK_SIMULATOR_LISTEN=1", "DSTACK_SIMULATOR_SEED=y"));
    char *text = PRINTED(options_config(stream, &options));

    (void)state;
    assert_in_section(text, "# From the command line\n", "\nDSTACK_SIMULATOR_SEED=x\n");
    assert_in_section(text, "# From the command line\n", "\nDSTACK_SIMULATOR_DEBUG_TD=no\n");
    assert_in_section(text, "# From the environment\n", "\nDSTACK_SIMULATOR_LISTEN=1\n");
    assert_in_section(text, "# Defaults\n", "\n#DSTACK_SIMULATOR_LOG_LEVEL=info\n");
    assert_in_section(text, "# Defaults\n", "\n#DSTACK_SIMULATOR_TCB_STATUS=UpToDate\n");
    assert_in_section(text, "# Not set\n", "\n#DSTACK_SIMULATOR_APP_KEYS=\n");
    assert_null(strstr(text, "PRINT_CONFIG"));
    options_free(&options);
    free(text);
}

static void hides_what_is_secret(void **state)
{
    struct options options = parsed(ARGUMENTS("--vmm-token", "hunter2"), ENVIRONMENT(NULL));
    char *text = PRINTED(options_config(stream, &options));

    (void)state;
    assert_in_section(text, "# From the command line\n",
                      "\n# its value is secret\n#DSTACK_SIMULATOR_VMM_TOKEN=\n");
    assert_null(strstr(text, "hunter2"));
    options_free(&options);
    free(text);
}

static void quotes_only_what_needs_it(void **state)
{
    struct options options = parsed(
        ARGUMENTS("--app-keys", "a/b-c_d.e:f,g=h+i@j%k[l]", "--seed", "a\"b$c`d\\e"), ENVIRONMENT(NULL));
    char *text = PRINTED(options_config(stream, &options));

    (void)state;
    assert_non_null(strstr(text, "\nDSTACK_SIMULATOR_APP_KEYS=a/b-c_d.e:f,g=h+i@j%k[l]\n"));
    assert_non_null(strstr(text, "docker's --env-file would keep the quotes\n"
                                 "DSTACK_SIMULATOR_SEED=\"a\\\"b\\$c\\`d\\\\e\"\n"));
    options_free(&options);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(comes_back_the_same),
        cmocka_unit_test(says_where_each_is_from),
        cmocka_unit_test(hides_what_is_secret),
        cmocka_unit_test(quotes_only_what_needs_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
