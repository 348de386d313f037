/* Verdicts: by what, since when, and by hand. */
#include "sim/app/app_health.h"

#include <stdio.h>

#include "sim/base/unconst.h"
#include "test/unit/directory_fixture.h"

#define NOW 1771234567

static char asked_path[] = "/dstack/health";

static struct app_health start(bool is_asked, const char *path, const char *file)
{
    struct app_requirements requirements = {.has_health_check = is_asked,
                                            .health_status_file = unconst(path)};
    struct app_health health;

    app_health_init(&health, &requirements, file);
    return health;
}

static void assert_report(const struct app_health *health, const char *expected)
{
    char line[512];

    app_health_describe(app_health_report(health), line, sizeof line);
    assert_string_equal(line, expected);
}

static void who_does_not_ask_is_healthy(void **state)
{
    struct app_health health = start(false, NULL, NULL);

    (void)state;
    assert_report(&health, "healthy");
    assert_false(app_health_judge(&health, NOW));
    assert_report(&health, "healthy");
    app_health_free(&health);
    health = start(false, asked_path, "/no/such/file"); /* a file is not a request */
    assert_false(app_health_judge(&health, NOW));
    assert_report(&health, "healthy");
    app_health_free(&health);
}

static void nothing_is_healthy_before_it_is_judged(void **state)
{
    struct app_health health = start(true, NULL, NULL);

    (void)state;
    assert_report(&health, "unhealthy: <health>: health has not been determined yet");
    assert_true(app_health_judge(&health, NOW));
    assert_report(&health, "unhealthy: <compose>: no container has been created yet");
    assert_false(app_health_judge(&health, NOW));
    app_health_free(&health);
}

static void a_file_has_to_be_on_this_machine(void **state)
{
    struct app_health health = start(true, asked_path, NULL);

    (void)state;
    app_health_judge(&health, NOW);
    assert_report(
        &health,
        "unhealthy: <health_file>: health file is nowhere on this machine: start with --health-file");
    app_health_free(&health);
}

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void a_file_is_judged_again_and_again(void **state)
{
    const struct directory *directory = *state;
    struct app_health health = start(true, asked_path, directory->file);

    assert_true(app_health_judge(&health, NOW));
    assert_report(&health, "unhealthy: <health_file>: health file has not been written yet");
    write_text(directory->file, "healthy\n1771234567\n");
    assert_true(app_health_judge(&health, NOW));
    assert_report(&health, "healthy");
    assert_false(app_health_judge(&health, NOW + 60));
    assert_true(app_health_judge(&health, NOW + 61));
    assert_report(&health,
                  "unhealthy: <health_file>: health file is stale: written 61 s ago, at most 60 s count");
    app_health_free(&health);
}

static void set(struct app_health *health, const char *state, const char *name, const char *why)
{
    struct error error = {.kind = ERROR_NONE};

    if (app_health_set(health, state, name, why, &error))
        fail_msg("%s", error.text);
}

static void what_is_set_by_hand_counts_until_it_is_unset(void **state)
{
    struct app_health health = start(true, NULL, NULL);

    (void)state;
    set(&health, "healthy", "", "");
    assert_report(&health, "healthy");
    assert_false(app_health_judge(&health, NOW)); /* it is not reported */
    assert_report(&health, "healthy");
    set(&health, "starting", "web", "");
    assert_report(&health, "unhealthy: web: starting");
    set(&health, "unhealthy", "", "");
    assert_report(&health, "unhealthy: app: unhealthy");
    set(&health, "unhealthy", "", "no runtime");
    assert_report(&health, "unhealthy: no runtime");
    assert_string_equal(app_health_report(&health)->name, "");
    set(&health, "starting", "web", "slow");
    assert_string_equal(app_health_report(&health)->status, "starting");
    assert_string_equal(app_health_report(&health)->error, "slow");
    set(&health, "", "", "");
    assert_report(&health, "unhealthy: <compose>: no container has been created yet");
    set(&health, "healthy", "", "");
    app_health_unset(&health);
    assert_report(&health, "unhealthy: <compose>: no container has been created yet");
    app_health_free(&health);
}

static void what_cannot_be_set_changes_nothing(void **state)
{
    static char name[APP_HEALTH_NAME_BYTES + 1], why[APP_HEALTH_ERROR_BYTES + 1];
    static const struct {
        const char *state, *name, *why, *expected;
    } cases[] = {
        {"well", "", "",
         "state must be healthy, starting or unhealthy, or empty to judge by the rules again"},
        {"Healthy", "", "",
         "state must be healthy, starting or unhealthy, or empty to judge by the rules again"},
        {"healthy", "web", "", "name and error are for an app that is starting or unhealthy"},
        {"", "", "why", "name and error are for an app that is starting or unhealthy"},
        {"starting", name, "", "name must have at most 63 bytes, not 64"},
        {"starting", "", why, "error must have at most 255 bytes, not 256"},
    };
    struct app_health health = start(false, NULL, NULL);

    (void)state;
    memset(name, 'n', sizeof name - 1);
    memset(why, 'w', sizeof why - 1);
    set(&health, "starting", "web", "");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(app_health_set(&health, cases[i].state, cases[i].name, cases[i].why, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_string_equal(error.text, cases[i].expected);
        assert_report(&health, "unhealthy: web: starting");
    }
    app_health_free(&health);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_does_not_ask_is_healthy),
        cmocka_unit_test(nothing_is_healthy_before_it_is_judged),
        cmocka_unit_test(a_file_has_to_be_on_this_machine),
        cmocka_unit_test_setup_teardown(a_file_is_judged_again_and_again, directory_setup,
                                        directory_teardown),
        cmocka_unit_test(what_is_set_by_hand_counts_until_it_is_unset),
        cmocka_unit_test(what_cannot_be_set_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
