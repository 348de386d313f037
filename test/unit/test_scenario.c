#include "sim/tdx/scenario.h"
#include "sim/tdx/platform.h"
#include "test/unit/vectors.h"

static const struct scenario_field *field(const char *member)
{
    size_t i = 0;

    while (strcmp(scenario_fields[i].member, member) != 0)
        i++;
    return &scenario_fields[i];
}

static const struct scenario_field *everything(void)
{
    return field("tcb_status");
}

static const struct scenario_field *quoting_enclave(void)
{
    return field("qe_status");
}

static void reads_every_status_of_the_pcs(void **state)
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
        struct scenario scenario = {.tcb_status = TCB_REVOKED, .qe_status = TCB_REVOKED};
        bool is_of_parts = i == TCB_UP_TO_DATE || i == TCB_OUT_OF_DATE || i == TCB_REVOKED;

        assert_int_equal(scenario_set(&scenario, everything(), names[i], &error), 0);
        assert_int_equal(scenario.tcb_status, i);
        assert_int_equal(scenario_set(&scenario, quoting_enclave(), names[i], &error), is_of_parts ? 0 : -1);
        assert_int_equal(scenario.qe_status, is_of_parts ? i : TCB_REVOKED);
    }
}

static void names_the_statuses_when_there_is_no_such(void **state)
{
    struct scenario scenario = {.tcb_status = TCB_REVOKED};
    struct error error = {.kind = ERROR_NONE}, of_part = error;

    (void)state;
    assert_int_equal(scenario_set(&scenario, everything(), "uptodate", &error), -1);
    assert_int_equal(scenario.tcb_status, TCB_REVOKED);
    assert_non_null(strstr(error.text, "\"uptodate\""));
    assert_non_null(strstr(error.text, "OutOfDateConfigurationNeeded"));
    assert_int_equal(scenario_set(&scenario, quoting_enclave(), "SWHardeningNeeded", &of_part), -1);
    assert_non_null(strstr(of_part.text, "is not one of UpToDate, OutOfDate, Revoked"));
}

static void assert_statuses(const struct scenario *scenario, bool is_early, enum tcb_status platform,
                            enum tcb_status module, enum tcb_status qe)
{
    assert_int_equal(scenario_status(scenario, SCENARIO_PLATFORM, is_early), platform);
    assert_int_equal(scenario_status(scenario, SCENARIO_TDX_MODULE, is_early), module);
    assert_int_equal(scenario_status(scenario, SCENARIO_QE, is_early), qe);
}

/* What a status of everything means for TDX module and QE. */
static void a_status_of_everything_is_one_of_each_part(void **state)
{
    static const enum tcb_status of_parts[] = {
        TCB_UP_TO_DATE,  TCB_UP_TO_DATE,  TCB_UP_TO_DATE, TCB_UP_TO_DATE,
        TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_REVOKED,
    };

    (void)state;
    for (size_t i = 0; i < sizeof of_parts / sizeof *of_parts; i++) {
        const struct scenario scenario = {.tcb_status = (enum tcb_status)i};

        assert_statuses(&scenario, false, scenario.tcb_status, of_parts[i], of_parts[i]);
        assert_statuses(&scenario, true, scenario.tcb_status, of_parts[i], of_parts[i]);
        assert_int_equal(scenario_is_demoted(&scenario), i != TCB_UP_TO_DATE);
    }
}

static void the_worse_status_of_a_part_counts(void **state)
{
    const struct scenario module = {.tdx_module_status = TCB_OUT_OF_DATE};
    const struct scenario qe = {.tcb_status = TCB_CONFIGURATION_NEEDED, .qe_status = TCB_REVOKED};
    const struct scenario platform = {.tcb_status = TCB_OUT_OF_DATE, .platform_status = TCB_UP_TO_DATE};

    (void)state;
    assert_statuses(&module, false, TCB_UP_TO_DATE, TCB_OUT_OF_DATE, TCB_UP_TO_DATE);
    assert_statuses(&qe, false, TCB_CONFIGURATION_NEEDED, TCB_UP_TO_DATE, TCB_REVOKED);
    assert_statuses(&platform, false, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE);
    assert_true(scenario_is_demoted(&module) && scenario_is_demoted(&qe) && scenario_is_demoted(&platform));
}

static void an_early_status_is_of_the_early_set_only(void **state)
{
    const struct scenario scenario = {.tcb_status = TCB_SW_HARDENING_NEEDED,
                                      .early_tcb_status = TCB_OUT_OF_DATE};
    const struct scenario better = {.tcb_status = TCB_REVOKED, .early_tcb_status = TCB_OUT_OF_DATE};

    (void)state;
    assert_statuses(&scenario, false, TCB_SW_HARDENING_NEEDED, TCB_UP_TO_DATE, TCB_UP_TO_DATE);
    assert_statuses(&scenario, true, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE);
    assert_statuses(&better, true, TCB_REVOKED, TCB_REVOKED, TCB_REVOKED);
    assert_true(scenario_is_demoted(&(struct scenario){.early_tcb_status = TCB_OUT_OF_DATE}));
}

static void a_recovered_tcb_is_documented_as_out_of_date(void **state)
{
    const struct scenario recovered = {.has_recovered = true};
    struct platform platform;

    (void)state;
    assert_statuses(&recovered, false, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE);
    assert_statuses(&recovered, true, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE, TCB_OUT_OF_DATE);
    assert_true(scenario_is_demoted(&recovered));
    assert_ptr_equal(scenario_level(&recovered, &platform), &platform.updated);
    assert_ptr_equal(scenario_level(&(struct scenario){.tcb_status = TCB_OUT_OF_DATE}, &platform),
                     &platform.first);
}

static void no_status_goes_with_a_recovered_tcb(void **state)
{
    struct error none = {.kind = ERROR_NONE};

    (void)state;
    for (size_t i = 0; i < SCENARIO_FIELDS; i++) {
        struct scenario scenario = {.advisory_count = 0};
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(scenario_set(&scenario, &scenario_fields[i], "Revoked", &none), 0);
        assert_int_equal(scenario_check(&scenario, &none), 0);
        scenario.has_recovered = true;
        assert_int_equal(scenario_check(&scenario, &error), -1);
        assert_non_null(strstr(error.text, scenario_fields[i].title));
        assert_non_null(strstr(error.text, "Revoked"));
    }
    assert_int_equal(scenario_check(&(struct scenario){.has_recovered = true, .pck_revoked = true}, &none),
                     0);
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
        cmocka_unit_test(reads_every_status_of_the_pcs),
        cmocka_unit_test(names_the_statuses_when_there_is_no_such),
        cmocka_unit_test(an_id_of_intel_has_one_form),
        cmocka_unit_test(a_status_of_everything_is_one_of_each_part),
        cmocka_unit_test(the_worse_status_of_a_part_counts),
        cmocka_unit_test(an_early_status_is_of_the_early_set_only),
        cmocka_unit_test(a_recovered_tcb_is_documented_as_out_of_date),
        cmocka_unit_test(no_status_goes_with_a_recovered_tcb),
        cmocka_unit_test(takes_advisory_ids_up_to_its_limits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
