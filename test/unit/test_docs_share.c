/* The manual and the completions in scripts/share/, which `make install` installs. */
#include "sim/cli/options_completion.h"
#include "sim/cli/options_man.h"
#include "test/unit/docs_fixture.h"

static void print(FILE *stream, const char *path)
{
    const char *extension = strrchr(path, '.') + 1;

    for (size_t shell = 0; options_table_shell(shell); shell++)
        if (strcmp(extension, options_table_shell(shell)) == 0) {
            options_completion(stream, (enum options_shell)shell);
            return;
        }
    options_man(stream);
}

static void assert_fresh(const char *path)
{
    char *text = document_read(path);
    char *fresh = PRINTED(print(stream, path));

    if (strcmp(text, fresh) != 0)
        fail_msg("%s is out of date: run `make docs` and commit it", path);
    free(fresh);
    free(text);
}

static void the_manual(void **state)
{
    (void)state;
    assert_fresh("scripts/share/dstack-simulator.1");
}

static void the_completions(void **state)
{
    char path[64];

    (void)state;
    for (size_t shell = 0; options_table_shell(shell); shell++) {
        snprintf(path, sizeof path, "scripts/share/dstack-simulator.%s", options_table_shell(shell));
        assert_fresh(path);
    }
}

int main(int argc, char *argv[])
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual),
        cmocka_unit_test(the_completions),
    };

    if (argc < 2)
        return cmocka_run_group_tests(tests, NULL, NULL);
    print(stdout, argv[1]);
    return 0;
}
