#include "sim/cluster/cluster.h"
#include "sim/services/registry.h"
#include "test/unit/options_fixture.h"

static void test_defaults(void **state)
{
    struct options options = parsed(ARGUMENTS(NULL), ENVIRONMENT(NULL));

    (void)state;
    assert_listens(&options, 1, (const char *[]){"localhost:8090"});
    assert_string_equal(options.socket_dir, ".");
    assert_int_equal(options.socket_mode, 0777);
    assert_false(options_is_given(&options, &options.listen));
    assert_false(options_is_given(&options, &options.socket_dir));
    assert_null(options.ready_file);
    assert_string_equal(options.seed, CLUSTER_SEED_DEFAULT);
    assert_string_equal(options.instance, TD_INSTANCE_DEFAULT);
    assert_string_equal(options.name, "app");
    assert_int_equal(options.scenario.tcb_status, TCB_UP_TO_DATE);
    assert_int_equal(options.log_level, LOG_INFO);
    assert_int_equal(options.log_format, LOG_TEXT);
    assert_false(options.check || options.print_root_ca || options.version || options.help);
    assert_int_equal(options.warnings.count, 0);
    options_free(&options);
}

static void test_spellings(void **state)
{
    struct options options =
        parsed(ARGUMENTS("-l1", "-l", "2=kms", "-l=3", "--listen=4=all", "--listen", "unix:a=b=all", "-dsub",
                         "-a", "compose", "-k=keys", "--ready-file", "-", "--seed=-x=y", "--check=no", "--"),
               ENVIRONMENT(NULL));

    (void)state;
    assert_listens(&options, 5, (const char *[]){"1", "2=kms", "3", "4=all", "unix:a=b=all"});
    assert_string_equal(options.socket_dir, "sub");
    assert_true(options_is_given(&options, &options.listen));
    assert_true(options_is_given(&options, &options.socket_dir));
    assert_string_equal(options.app_compose, "compose");
    assert_string_equal(options.app_keys, "keys");
    assert_string_equal(options.ready_file, "-");
    assert_string_equal(options.seed, "-x=y");
    assert_false(options.check);
    options_free(&options);
}

static void test_every_option(void **state)
{
    struct options options = parsed(ARGUMENTS("--check", "--print-root-ca", "--log-level=debug",
                                              "--log-format", "json", "--public-url", "https://host:1/path//",
                                              "--seed", "one", "--seed", "two", "-d", "none", "--version"),
                                    ENVIRONMENT(NULL));

    (void)state;
    assert_true(options.check && options.print_root_ca && options.version);
    assert_int_equal(options.log_level, LOG_DEBUG);
    assert_int_equal(options.log_format, LOG_JSON);
    assert_string_equal(options.public_url, "https://host:1/path");
    assert_string_equal(options.seed, "two");
    assert_null(options.socket_dir);
    options_free(&options);
}

static void test_unknown_options(void **state)
{
    char **none = ENVIRONMENT(NULL);

    (void)state;
    assert_refused(ARGUMENTS("--lisen=80"), none,
                   "unknown option --lisen; did you mean --listen? See --help");
    assert_refused(ARGUMENTS("--hlep"), none, "unknown option --hlep; did you mean --help? See --help");
    assert_refused(ARGUMENTS("--compose", "x"), none,
                   "unknown option --compose; did you mean --app-compose? See --help");
    assert_refused(ARGUMENTS("-listen", "80"), none,
                   "unknown option -listen; did you mean --listen? See --help");
    assert_refused(ARGUMENTS("--nothing-like-it"), none, "unknown option --nothing-like-it; see --help");
    assert_refused(ARGUMENTS("-hx"), none, "unknown option -x; see --help");
    assert_refused(ARGUMENTS("seed"), none, "unexpected argument \"seed\"; did you mean --seed? See --help");
    assert_refused(
        ARGUMENTS("--", "-h"), none,
        "unexpected argument \"-h\"; expected an option, decrypt-env, deploy, ps, logs or rm, see --help");
    assert_refused(
        ARGUMENTS("-"), none,
        "unexpected argument \"-\"; expected an option, decrypt-env, deploy, ps, logs or rm, see --help");
}

static void test_options_of_other_programs(void **state)
{
    char **none = ENVIRONMENT(NULL);

    (void)state;
    assert_refused(ARGUMENTS("--port", "9000"), none,
                   "unknown option --port; did you mean --listen PORT? See --help");
    assert_refused(ARGUMENTS("--port=9000"), none,
                   "unknown option --port; did you mean --listen PORT? See --help");
    assert_refused(ARGUMENTS("-p", "9000"), none,
                   "unknown option -p; did you mean --listen PORT? See --help");
    assert_refused(ARGUMENTS("-p9000"), none, "unknown option -p; did you mean --listen PORT? See --help");
    assert_refused(ARGUMENTS("--host=::"), none,
                   "unknown option --host; did you mean --listen HOST:PORT? See --help");
    assert_refused(ARGUMENTS("-v"), none, "unknown option -v; did you mean --log-level debug? See --help");
    assert_refused(ARGUMENTS("9000"), none,
                   "unexpected argument \"9000\"; did you mean --listen 9000? See --help");
    assert_refused(ARGUMENTS(":9000"), none,
                   "unexpected argument \":9000\"; did you mean --listen :9000? See --help");
    assert_refused(ARGUMENTS("unix:x.sock"), none,
                   "unexpected argument \"unix:x.sock\"; did you mean --listen unix:x.sock? See --help");
}

/* For others it means every address; here it does not, and that is said. */
static void test_a_port_with_a_colon(void **state)
{
    struct options options = parsed(ARGUMENTS("-l", ":9000=dstack"), ENVIRONMENT(NULL));

    (void)state;
    assert_int_equal(options.warnings.count, 1);
    assert_string_equal(
        options.warnings.items[0],
        "\":9000=dstack\" means this machine only, as in 127.0.0.1:9000=dstack; for all of its "
        "addresses write 0.0.0.0:9000=dstack");
    options_free(&options);
}

static void test_missing_values(void **state)
{
    char **none = ENVIRONMENT(NULL);

    (void)state;
    assert_refused(ARGUMENTS("-l"), none, "--listen needs an argument, ADDR[=SERVICES]; see --help");
    assert_refused(ARGUMENTS("--seed"), none, "--seed needs an argument, TEXT; see --help");
    assert_refused(
        ARGUMENTS("--seed", "--log-level=off"), none,
        "--seed needs an argument, TEXT, but the option --log-level=off follows; if that is the value, "
        "write --seed=--log-level=off");
    assert_refused(
        ARGUMENTS("-d", "-h"), none,
        "--socket-dir needs an argument, DIR|none, but the option -h follows; if that is the value, "
        "write --socket-dir=-h");
    assert_refused(ARGUMENTS("--app-keys="), none, "--app-keys: must not be empty");
}

static void test_wrong_values(void **state)
{
    char **none = ENVIRONMENT(NULL);
    struct options options;

    (void)state;
    assert_refused(ARGUMENTS("--check=maybe"), none,
                   "--check: \"maybe\" is not a boolean: use 1, true, yes, on or 0, false, no, off");
    assert_refused(ARGUMENTS("--log-level", "loud"), none,
                   "--log-level: \"loud\" is not one of error, warn, info, debug, off");
    assert_refused(ARGUMENTS("--log-format=xml"), none, "--log-format: \"xml\" is neither text nor json");
    assert_refused(ARGUMENTS("--socket-mode", "u=rw"), none,
                   "--socket-mode: \"u=rw\" is not a mode: use octal permissions such as 0660 or 0777");
    options = parsed(ARGUMENTS("--socket-mode", "660"), none);
    assert_int_equal(options.socket_mode, 0660);
    options_free(&options);
    assert_refused(ARGUMENTS("--socket-mode", "0077"), none,
                   "--socket-mode: 0077 keeps the simulator's own user out; begin with 06 or 07");
    assert_refused(ARGUMENTS("-l", "70000"), none,
                   "--listen: \"70000\": port 70000 is too large: use 0 to 65535");
}

static void test_seed_length(void **state)
{
    char seed[258];
    struct options options;

    (void)state;
    memset(seed, 's', sizeof seed);
    seed[257] = '\0';
    assert_refused(ARGUMENTS("--seed", seed), ENVIRONMENT(NULL),
                   "--seed: a seed has at most 256 bytes, this one has 257");
    seed[256] = '\0';
    options = parsed(ARGUMENTS("--seed", seed), ENVIRONMENT(NULL));
    assert_string_equal(options.seed, seed);
    options_free(&options);
}

static void assert_url_refused(char *url, const char *sentence)
{
    struct options options;
    struct error error;

    assert_int_equal(parse(&options, ARGUMENTS("--public-url", url), ENVIRONMENT(NULL), &error), -1);
    if (!strstr(error.text, sentence))
        fail_msg("%s: %s", url, error.text);
    options_free(&options);
}

static void test_public_url(void **state)
{
    char url[202] = "http://";
    struct options options;

    (void)state;
    assert_url_refused("ftp://host", "begins with http:// or https://");
    assert_url_refused("host:80", "begins with http:// or https://");
    assert_url_refused("http://", "has no host");
    assert_url_refused("https:///", "has no host");
    assert_url_refused("http:///path", "has no host");
    assert_url_refused("http://:80", "has no host");
    assert_url_refused("http://a b", "byte 9 ");
    assert_url_refused("http://a\n", "byte 9 ");
    assert_url_refused("http://h\xc3\xa9", "byte 9 ");
    assert_url_refused("http://host?q", "byte 12 ");
    assert_url_refused("http://host\"", "byte 12 ");

    memset(url + 7, 'h', sizeof url - 8);
    assert_url_refused(url, "at most 200 bytes, this one has 201");
    url[200] = '/'; /* not counted: it is removed */
    options = parsed(ARGUMENTS("--public-url", url), ENVIRONMENT(NULL));
    assert_int_equal(strlen(options.public_url), 200);
    options_free(&options);
}

static void test_vmm_token(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    char token[258];
    struct options options = parsed(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_VMM_TOKEN=a:b/=~!"));

    (void)state;
    assert_string_equal(options.vmm_token, "a:b/=~!");
    options_free(&options);
    assert_int_equal(parse(&options, ARGUMENTS("--vmm-token", "se cret"), ENVIRONMENT(NULL), &error), -1);
    assert_string_equal(error.text,
                        "--vmm-token: byte 3 of the token is not allowed: use ASCII without blanks");
    options_free(&options);
    memset(token, 'x', sizeof token - 1);
    token[sizeof token - 1] = '\0';
    error.kind = ERROR_NONE;
    assert_int_equal(parse(&options, ARGUMENTS("--vmm-token", token), ENVIRONMENT(NULL), &error), -1);
    assert_string_equal(error.text, "--vmm-token: a token has at most 256 bytes, this one has 257");
    options_free(&options);
}

/* Parsed once: the rest of the program reads no text. */
static void test_typed_values(void **state)
{
    struct options options =
        parsed(ARGUMENTS("-l", "[::1]:2=kms", "-l", "unix:x", "--tcb-status", "Revoked", "--advisory", "A-1",
                         "--debug-td", "--completion=fish", "--quote-version", "5-td15"),
               ENVIRONMENT("DSTACK_SIMULATOR_FAULT=GetKey=503,message=a\\ b *=drop"));

    (void)state;
    assert_int_equal(options.listen_count, 2);
    assert_string_equal(options.listen[0].address, "::1");
    assert_int_equal(options.listen[0].port, 2);
    assert_int_equal(options.listen[0].services, registry_set("kms", 3));
    assert_int_equal(options.listen[1].kind, LISTEN_UNIX);
    assert_int_equal(options.scenario.tcb_status, TCB_REVOKED);
    assert_int_equal(options.scenario.quote_version, QUOTE_VERSION_5_TD15);
    assert_int_equal(options.scenario.advisory_count, 1);
    assert_string_equal(options.scenario.advisories[0], "A-1");
    assert_true(options.debug_td);
    assert_int_equal(options.completion, OPTIONS_SHELL_FISH);
    assert_int_equal(options.fault_count, 0); /* the environment is not read for a text */
    options_free(&options);

    options = parsed(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_FAULT=GetKey=503,message=a\\ b *=drop"));
    assert_int_equal(options.fault_count, 2);
    assert_string_equal(options.faults[0].method, "GetKey");
    assert_string_equal(options.faults[0].message, "a b");
    assert_true(options.faults[1].drop);
    assert_int_equal(options.completion, OPTIONS_SHELL_NONE);
    options_free(&options);
}

static void test_too_often(void **state)
{
    static const struct {
        char *argument;
        size_t most;
        const char *refusal;
    } cases[] = {
        {"-l0", 64, "--listen: can be given at most 64 times"},
        {"--kms-url=https://kms.example", 16, "--kms-url: can be given at most 16 times"},
        {"--allow-host=a.example", 32, "--allow-host: can be given at most 32 times"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *argv[ARGUMENTS_MAX] = {"dstack-simulator"};
        struct options options;

        for (size_t at = 1; at <= cases[i].most; at++)
            argv[at] = cases[i].argument;
        options = parsed(argv, ENVIRONMENT(NULL));
        options_free(&options);
        argv[cases[i].most + 1] = cases[i].argument;
        assert_refused(argv, ENVIRONMENT(NULL), cases[i].refusal);
    }
}

static void test_the_command(void **state)
{
    char **const lines[] = {
        ARGUMENTS("decrypt-env", "file", "--seed", "x"),
        ARGUMENTS("decrypt-env", "--seed", "x", "file"),
        ARGUMENTS("--seed", "x", "decrypt-env", "file"),
        ARGUMENTS("--seed=x", "decrypt-env", "--debug-td", "--", "file"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct options options = parsed(lines[i], ENVIRONMENT(NULL));

        assert_string_equal(options.decrypt_env, "file");
        assert_string_equal(options.seed, "x");
        options_free(&options);
    }
}

static void test_the_command_mistyped(void **state)
{
    char **none = ENVIRONMENT(NULL);

    (void)state;
    assert_refused(ARGUMENTS("decrypt-env"), none,
                   "decrypt-env needs an argument, the FILE that holds the encrypted environment");
    assert_refused(ARGUMENTS("decrypt-env", "--debug-td"), none,
                   "decrypt-env needs an argument, the FILE that holds the encrypted environment");
    assert_refused(ARGUMENTS("decrypt-env", "a", "b"), none,
                   "unexpected argument \"b\"; decrypt-env takes one FILE, see --help");
    assert_refused(ARGUMENTS("decypt-env", "a"), none,
                   "unexpected argument \"decypt-env\"; did you mean decrypt-env? See --help");
}

static void test_words(void **state)
{
    char **none = ENVIRONMENT(NULL);

    (void)state;
    assert_refused(ARGUMENTS("--log-level", "inof"), none,
                   "--log-level: \"inof\" is not one of error, warn, info, debug, off; did you mean info?");
    assert_refused(ARGUMENTS("--log-format", "JSON"), none,
                   "--log-format: \"JSON\" is neither text nor json; did you mean json?");
    assert_refused(ARGUMENTS("--completion", "zhs"), none,
                   "--completion: \"zhs\" is not one of bash, zsh, fish; did you mean zsh?");
    assert_refused(
        ARGUMENTS("--tcb-status", "outofdate"), none,
        "--tcb-status: \"outofdate\" is not one of UpToDate, SWHardeningNeeded, ConfigurationNeeded, "
        "ConfigurationAndSWHardeningNeeded, OutOfDate, OutOfDateConfigurationNeeded, Revoked, Recovered; "
        "did you mean OutOfDate?");
}

static void test_an_optional_value(void **state)
{
    struct options options = parsed(ARGUMENTS("--healthcheck", "--listen", "1"), ENVIRONMENT(NULL));

    (void)state;
    assert_string_equal(options.healthcheck.address, "1");
    assert_int_equal(options.healthcheck.listen.port, 1);
    assert_string_equal(options.healthcheck.path, "/readyz");
    options_free(&options);
    options =
        parsed(ARGUMENTS("--healthcheck", "unix:x"), ENVIRONMENT("DSTACK_SIMULATOR_HEALTHCHECK=ignored"));
    assert_string_equal(options.healthcheck.address, "unix:x");
    assert_string_equal(options.healthcheck.listen.address, "x");
    options_free(&options);
    options = parsed(ARGUMENTS(NULL), ENVIRONMENT(NULL));
    assert_null(options.healthcheck.address);
    options_free(&options);
}

static void test_blanks_in_paths(void **state)
{
    struct options options =
        parsed(ARGUMENTS(NULL), ENVIRONMENT("DSTACK_SIMULATOR_LISTEN=unix:a\\ b\\;c\\\\d\\e;unix:f\\ "));

    (void)state;
    assert_listens(&options, 2, (const char *[]){"unix:a b;c\\d\\e", "unix:f "});
    options_free(&options);
}

static void test_what_a_setting_was_called(void **state)
{
    struct options options = parsed(ARGUMENTS("--app-keys", "a", "decrypt-env", "b"),
                                    ENVIRONMENT("DSTACK_SIMULATOR_APP_COMPOSE=c"));
    char name[OPTIONS_NAME_MAX];

    (void)state;
    options_given_as(&options, &options.app_keys, name);
    assert_string_equal(name, "--app-keys");
    options_given_as(&options, &options.app_compose, name);
    assert_string_equal(name, "DSTACK_SIMULATOR_APP_COMPOSE");
    options_given_as(&options, &options.decrypt_env, name);
    assert_string_equal(name, "decrypt-env");
    options_free(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_spellings),
        cmocka_unit_test(test_every_option),
        cmocka_unit_test(test_unknown_options),
        cmocka_unit_test(test_options_of_other_programs),
        cmocka_unit_test(test_a_port_with_a_colon),
        cmocka_unit_test(test_missing_values),
        cmocka_unit_test(test_wrong_values),
        cmocka_unit_test(test_seed_length),
        cmocka_unit_test(test_public_url),
        cmocka_unit_test(test_vmm_token),
        cmocka_unit_test(test_typed_values),
        cmocka_unit_test(test_too_often),
        cmocka_unit_test(test_the_command),
        cmocka_unit_test(test_the_command_mistyped),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_an_optional_value),
        cmocka_unit_test(test_blanks_in_paths),
        cmocka_unit_test(test_what_a_setting_was_called),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
