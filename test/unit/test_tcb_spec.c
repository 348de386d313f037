#include "sim/cli/tcb_spec.h"

#include "test/unit/vectors.h"

static void sets_one_status(void **state)
{
    struct scenario scenario = {.pck_revoked = true};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(tcb_spec_read(&scenario, "SWHardeningNeeded", &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "platform=ConfigurationNeeded", &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "tdx-module=OutOfDate", &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "qe=Revoked", &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "early=OutOfDateConfigurationNeeded", &error), 0);
    assert_int_equal(scenario.tcb_status, TCB_SW_HARDENING_NEEDED);
    assert_int_equal(scenario.platform_status, TCB_CONFIGURATION_NEEDED);
    assert_int_equal(scenario.tdx_module_status, TCB_OUT_OF_DATE);
    assert_int_equal(scenario.qe_status, TCB_REVOKED);
    assert_int_equal(scenario.early_tcb_status, TCB_OUT_OF_DATE_CONFIGURATION_NEEDED);
    assert_true(scenario.pck_revoked);
    assert_int_equal(tcb_spec_read(&scenario, "UpToDate", &error), 0);
    assert_int_equal(scenario.tcb_status, TCB_UP_TO_DATE);
    assert_int_equal(scenario.qe_status, TCB_REVOKED);
}

static void the_last_status_of_everything_counts(void **state)
{
    struct scenario scenario = {.advisory_count = 0};
    struct error error = {.kind = ERROR_NONE};

    (void)state;
    assert_int_equal(tcb_spec_read(&scenario, "OutOfDate", &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "Recovered", &error), 0);
    assert_true(scenario.has_recovered);
    assert_int_equal(scenario_check(&scenario, &error), 0);
    assert_int_equal(tcb_spec_read(&scenario, "Revoked", &error), 0);
    assert_false(scenario.has_recovered);
    assert_int_equal(scenario.tcb_status, TCB_REVOKED);
    assert_string_equal(tcb_spec_word(TCB_STATUSES), "Recovered");
    assert_null(tcb_spec_word(TCB_STATUSES + 1));
}

static void says_what_would_be_right(void **state)
{
    static const struct {
        const char *text, *reason;
    } rows[] = {
        {"Fine", "\"Fine\" is not one of UpToDate, SWHardeningNeeded, "},
        {"qe=SWHardeningNeeded", "\"SWHardeningNeeded\" is not one of UpToDate, OutOfDate, Revoked"},
        {"tdx-module=", "\"\" is not one of UpToDate, OutOfDate, Revoked"},
        {"=OutOfDate", "\"\" is not one of platform, tdx-module, qe, early"},
        {"tdxmodule=OutOfDate",
         "\"tdxmodule\" is not one of platform, tdx-module, qe, early; did you mean tdx-module?"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789=OutOfDate",
         "\"012345678901234567890123456789012345678901234567890123456789\" is not one of"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scenario scenario = {.tcb_status = TCB_UP_TO_DATE};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(tcb_spec_read(&scenario, rows[i].text, &error), -1);
        if (strncmp(error.text, rows[i].reason, strlen(rows[i].reason)) != 0)
            fail_msg("%s: %s", rows[i].text, error.text);
        assert_false(scenario_is_demoted(&scenario));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_one_status),
        cmocka_unit_test(the_last_status_of_everything_counts),
        cmocka_unit_test(says_what_would_be_right),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
