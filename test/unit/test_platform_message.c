/* What SetPlatform sets is what Simulator.Status and Dashboard.State show. */
#include "sim/services/platform_message.h"

#include "proto/dashboard.pb-c.h"
#include "proto/simulator.pb-c.h"
#include "test/unit/vectors.h"

static const struct scenario everything = {
    .tcb_status = TCB_SW_HARDENING_NEEDED,
    .early_tcb_status = TCB_REVOKED,
    .platform_status = TCB_CONFIGURATION_NEEDED,
    .tdx_module_status = TCB_OUT_OF_DATE,
    .qe_status = TCB_REVOKED,
    .advisories = {"INTEL-SA-00837", "MINE-1"},
    .advisory_count = 2,
    .pck_revoked = true,
    .collateral_expired = true,
    .key_not_vouched = true,
    .quote_version = QUOTE_VERSION_5_TD15,
};

static void assert_read_back(ProtobufCMessage *message)
{
    struct scenario scenario = {.quote_version = QUOTE_VERSION_4};
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    bool is_debug = false;

    arena_init(&arena);
    platform_message_fill(&everything, true, &arena, message);
    assert_int_equal(platform_message_read(message, &scenario, &is_debug, &error), 0);
    for (size_t i = 0; i < SCENARIO_FIELDS; i++)
        assert_int_equal(scenario_get(&scenario, &scenario_fields[i]),
                         scenario_get(&everything, &scenario_fields[i]));
    assert_int_equal(scenario.advisory_count, 2);
    assert_memory_equal(scenario.advisories, everything.advisories, sizeof everything.advisories);
    assert_true(scenario.pck_revoked && scenario.collateral_expired && scenario.key_not_vouched && is_debug);
    assert_int_equal(scenario.quote_version, QUOTE_VERSION_5_TD15);
    arena_free(&arena);
}

static void every_message_has_every_setting(void **state)
{
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    Dstack__SimulatorStatus status = DSTACK__SIMULATOR_STATUS__INIT;
    Dstack__DashboardState dashboard = DSTACK__DASHBOARD_STATE__INIT;

    (void)state;
    assert_read_back(&args.base);
    assert_read_back(&status.base);
    assert_read_back(&dashboard.base);
}

static void a_recovered_tcb_goes_without_statuses(void **state)
{
    const struct scenario recovered = {.has_recovered = true, .advisories = {"MINE-1"}, .advisory_count = 1};
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    struct scenario scenario = {.quote_version = QUOTE_VERSION_4};
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    char revoked[] = "Revoked";
    bool is_debug;

    (void)state;
    arena_init(&arena);
    platform_message_fill(&recovered, false, &arena, &args.base);
    assert_int_equal(platform_message_read(&args.base, &scenario, &is_debug, &error), 0);
    assert_true(scenario.has_recovered);
    args.tdx_module_status = revoked;
    assert_int_equal(platform_message_read(&args.base, &scenario, &is_debug, &error), -1);
    assert_string_equal(error.text, "tcb_recovered: no other status goes with it, but the TDX module is "
                                    "Revoked; leave one of them out");
    arena_free(&arena);
}

static void what_is_not_given_is_healthy(void **state)
{
    const Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    struct scenario scenario = everything;
    struct error error = {.kind = ERROR_NONE};
    bool is_debug = true;

    (void)state;
    assert_int_equal(platform_message_read(&args.base, &scenario, &is_debug, &error), 0);
    assert_false(is_debug || scenario_is_demoted(&scenario) || scenario.pck_revoked ||
                 scenario.collateral_expired || scenario.key_not_vouched);
    assert_int_equal(scenario.advisory_count, 0);
    assert_int_equal(scenario.quote_version, QUOTE_VERSION_5_TD15);
}

static void errors_name_the_field(void **state)
{
    static const char wrong[] = "qe_status: \"Fine\" is not one of UpToDate, OutOfDate, Revoked";
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    struct scenario scenario = {.quote_version = QUOTE_VERSION_4};
    struct error error = {.kind = ERROR_NONE};
    char fine[] = "Fine";
    bool is_debug;

    (void)state;
    args.qe_status = fine;
    assert_int_equal(platform_message_read(&args.base, &scenario, &is_debug, &error), -1);
    assert_string_equal(error.text, wrong);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_message_has_every_setting),
        cmocka_unit_test(a_recovered_tcb_goes_without_statuses),
        cmocka_unit_test(what_is_not_given_is_healthy),
        cmocka_unit_test(errors_name_the_field),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
