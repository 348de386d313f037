#include "sim/tdx/scenario.h"
#include "test/unit/vectors.h"

static void takes_every_status_of_the_pcs(void **state)
{
    static const char *const names[] = {
        "UpToDate",
        "SWHardeningNeeded",
        "ConfigurationNeeded",
        "ConfigurationAndSWHardeningNeeded",
        "OutOfDate",
        "OutOfDateConfigurationNeeded",
        "Revoked",
    };
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct scenario scenario = {.pck_revoked = true};

        assert_int_equal(scenario_set_status(&scenario, names[i], &error), 0);
        assert_string_equal(tcb_status_name(scenario.tcb_status), names[i]);
        assert_true(scenario.pck_revoked);
    }
}

static void names_the_statuses_when_there_is_no_such(void **state)
{
    struct scenario scenario = {.tcb_status = TCB_REVOKED};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(scenario_set_status(&scenario, "uptodate", &error), -1);
    assert_int_equal(scenario.tcb_status, TCB_REVOKED);
    assert_non_null(strstr(error.text, "\"uptodate\""));
    assert_non_null(strstr(error.text, "OutOfDateConfigurationNeeded"));
}

static void takes_advisory_ids_up_to_its_limits(void **state)
{
    static const char *const wrong[] = {"", "INTEL SA", "a\"b", "0123456789012345678901234567890123456789"};
    struct scenario scenario = {.advisory_count = 0};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = {.kind = ERROR_NONE};
        assert_int_equal(scenario_add_advisory(&scenario, wrong[i], &error), -1);
    }
    for (size_t i = 0; i <= SCENARIO_ADVISORIES_MAX; i++) {
        struct error error = {.kind = ERROR_NONE};
        assert_int_equal(scenario_add_advisory(&scenario, "INTEL-SA-00837", &error),
                         i < SCENARIO_ADVISORIES_MAX ? 0 : -1);
    }
    assert_int_equal(scenario.advisory_count, SCENARIO_ADVISORIES_MAX);
    assert_string_equal(scenario.advisories[0], "INTEL-SA-00837");
}

static void an_id_of_intel_has_one_form(void **state)
{
    static const char *const wrong[] = {"INTEL-SA-837", "INTEL-SA-000837", "intel-sa-00837", "INTEL-SA00837",
                                        "INTEL-00837",  "SA-00837",        "INTEL-SA-0083x"};
    static const char *const right[] = {"INTEL-SA-00837", "INTEL-SA-01153", "A-1", "my-own-00837"};
    struct scenario scenario = {.advisory_count = 0};
    struct error none = {.kind = ERROR_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(scenario_add_advisory(&scenario, wrong[i], &error), -1);
        assert_non_null(strstr(error.text, wrong[i]));
        assert_non_null(strstr(error.text, "INTEL-SA-00837"));
    }
    for (size_t i = 0; i < sizeof right / sizeof *right; i++)
        assert_int_equal(scenario_add_advisory(&scenario, right[i], &none), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_every_status_of_the_pcs),
        cmocka_unit_test(names_the_statuses_when_there_is_no_such),
        cmocka_unit_test(an_id_of_intel_has_one_form),
        cmocka_unit_test(takes_advisory_ids_up_to_its_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
