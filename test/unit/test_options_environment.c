/* Options that come from the environment. */
#include "sim/cluster/cluster.h"
#include "test/unit/options_fixture.h"

static void test_environment(void **state)
{
    struct options options = parsed(
        ARGUMENTS("-d", "here"), ENVIRONMENT("DSTACK_SIMULATOR_LISTEN= 1=kms,dstack;unix:x ;\n [::1]:2 ",
                                             "DSTACK_SIMULATOR_SOCKET_DIR=there",
                                             "DSTACK_SIMULATOR_CHECK=Yes", "DSTACK_SIMULATOR_PRINT_ROOT_CA=0",
                                             "DSTACK_SIMULATOR_SEED=", "DSTACK_SIMULATOR_LOG_LEVEL=off",
                                             "DSTACK_SIMULATOR_LOG_LEVEL=debug", "dstack_simulator_seed=no",
                                             "DSTACK_SIMULATOR_seed=no", "DSTACK_SIMULATOR_APP_KEYS=keys"));

    (void)state;
    assert_listens(&options, 3, (const char *[]){"1=kms,dstack", "unix:x", "[::1]:2"});
    assert_string_equal(options.socket_dir, "here");
    assert_true(options_is_given(&options, &options.listen));
    assert_true(options_is_given(&options, &options.socket_dir));
    assert_true(options.check);
    assert_false(options.print_root_ca);
    assert_string_equal(options.seed, CLUSTER_SEED_DEFAULT); /* an empty one counts as absent */
    assert_int_equal(options.log_level, LOG_OFF);
    assert_string_equal(options.app_keys, "keys");
    assert_int_equal(options.warnings.count, 0);
    options_free(&options);
}

static void test_command_line_wins(void **state)
{
    struct options options =
        parsed(ARGUMENTS("-l", "1", "--check=off"),
               ENVIRONMENT("DSTACK_SIMULATOR_LISTEN=wrong", "DSTACK_SIMULATOR_CHECK=wrong"));

    (void)state;
    assert_listens(&options, 1, (const char *[]){"1"});
    assert_false(options.check);
    options_free(&options);

    options = parsed(ARGUMENTS("--help"), ENVIRONMENT("DSTACK_SIMULATOR_CHECK=wrong"));
    assert_true(options.help);
    options_free(&options);
}

static void test_wrong_environment(void **state)
{
    (void)state;
    assert_refused(
        ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_CHECK=maybe"),
        "DSTACK_SIMULATOR_CHECK: \"maybe\" is not a boolean: use 1, true, yes, on or 0, false, no, off");
    assert_refused(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_LISTEN=80 70000"),
                   "DSTACK_SIMULATOR_LISTEN: \"70000\": port 70000 is too large: use 0 to 65535");
}

/* What belongs to the clients, to an image's build or to an orchestrator says
 * nothing about our options; a slip of the keyboard does. */
static void test_other_variables(void **state)
{
    struct options options = parsed(
        ARGUMENTS(NULL),
        ENVIRONMENT("DSTACK_SIMULATOR_ENDPOINT=http://localhost:8090", "DSTACK_SIMULATOR_VERSION=0.1.0",
                    "DSTACK_SIMULATOR_HELP=x", "DSTACK_SIMULATOR_SERVICE_HOST=10.0.0.1",
                    "DSTACK_SIMULATOR_PORT_8090_TCP=tcp://10.0.0.1:8090",
                    "DSTACK_SIMULATOR_=", "DSTACK_SIMULATOR", "DSTACK_SIMULATOR_APP_COMPOS=app.json"));

    (void)state;
    assert_false(options.version || options.help);
    assert_null(options.app_compose);
    assert_int_equal(options.warnings.count, 1);
    assert_string_equal(options.warnings.items[0],
                        "the environment variable DSTACK_SIMULATOR_APP_COMPOS is ignored; "
                        "did you mean DSTACK_SIMULATOR_APP_COMPOSE?");
    options_free(&options);
}

/* Each value is read once, while it is still known where it comes from. */
static void test_errors_name_the_variable(void **state)
{
    char ids[20 + 17 * 2 + 40] = "DSTACK_SIMULATOR_ADVISORY=A";

    (void)state;
    for (int i = 1; i < 17; i++)
        strcat(ids, ",A");
    assert_refused(ARGUMENTS(NULL), ENVIRONMENT(ids),
                   "DSTACK_SIMULATOR_ADVISORY: at most 16 advisories are allowed");
    assert_refused(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_FAULT=GetQoute=500"),
                   "DSTACK_SIMULATOR_FAULT: no method GetQoute; did you mean GetQuote?");
}

/* Blanks hold no item, so that the default stays. */
static void test_a_list_of_blanks(void **state)
{
    struct options options = parsed(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_LISTEN= ; "));

    (void)state;
    assert_listens(&options, 1, (const char *[]){"localhost:8090"});
    assert_false(options_is_given(&options, &options.listen));
    options_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_command_line_wins),
        cmocka_unit_test(test_wrong_environment),
        cmocka_unit_test(test_other_variables),
        cmocka_unit_test(test_errors_name_the_variable),
        cmocka_unit_test(test_a_list_of_blanks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
