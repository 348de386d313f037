/* Simulator: Status, going back by Reset and Revert, and the faults between them. */
#include "proto/simulator.pb-c.h"
#include "sim/base/version.h"
#include "sim/services/fault_names.h"
#include "test/unit/service_fixture.h"

extern const struct service simulator_service;

SERVICE_REPLY(on_status, Dstack__SimulatorStatus)
SERVICE_REPLY(on_snapshot, Dstack__SnapshotResponse)
SERVICE_REPLY(on_faults, Dstack__FaultList)
SERVICE_REPLY(on_env, Dstack__DecryptEnvResponse)

#define CALL(s, method, args, on_reply)                                                                      \
    SERVICE_CALL(s, simulator_service, Dstack__Simulator_Service, method, args, on_reply)

/* A simulator whose start knows one fault. */
static int setup(void **state)
{
    struct fault fault = {.method = "Sign", .status = 503};
    struct error error = {.kind = ERROR_NONE};
    struct service_call *s;

    service_setup(state);
    s = *state;
    faults_seed(&fault, &s->site.cluster->seed);
    if (faults_set(&s->faults, &fault, &error))
        fail_msg("%s", error.text);
    s->site.check_fault = fault_names_check;
    s->faults_at_start = s->faults;
    return 0;
}

static const Dstack__SimulatorStatus *status(struct service_call *s)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;

    CALL(s, status, &args, on_status);
    return service_answer(s);
}

static const Dstack__SimulatorStatus *reset(struct service_call *s)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;

    CALL(s, reset, &args, on_status);
    return service_answer(s);
}

static void call_snapshot(struct service_call *s)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;

    CALL(s, snapshot, &args, on_snapshot);
}

static uint32_t snapshot(struct service_call *s)
{
    call_snapshot(s);
    return ((const Dstack__SnapshotResponse *)service_answer(s))->id;
}

static void call_revert(struct service_call *s, uint32_t id)
{
    Dstack__RevertArgs args = DSTACK__REVERT_ARGS__INIT;

    args.id = id;
    CALL(s, revert, &args, on_status);
}

static const Dstack__SimulatorStatus *revert(struct service_call *s, uint32_t id)
{
    call_revert(s, id);
    return service_answer(s);
}

static void emit(struct service_call *s, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    if (td_emit_event(s->td, name, span_text("payload"), &error))
        fail_msg("%s", error.text);
}

/* The faults set by then, or NULL for a failure. */
static const Dstack__FaultList *set_fault(struct service_call *s, const char *method, uint32_t code)
{
    Dstack__SetFaultArgs args = DSTACK__SET_FAULT_ARGS__INIT;

    args.method = (char *)(uintptr_t)method;
    args.status = code;
    CALL(s, set_fault, &args, on_faults);
    return (const Dstack__FaultList *)s->response;
}

static void set_platform(struct service_call *s, const char *tcb_status)
{
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    char advisory[] = "INTEL-SA-00837", *advisories[] = {advisory};

    args.tcb_status = (char *)(uintptr_t)tcb_status;
    args.advisories = advisories;
    args.n_advisories = 1;
    args.debug_td = true;
    CALL(s, set_platform, &args, on_status);
}

/* --- the tests --- */

static void status_says_how_things_are(void **state)
{
    struct service_call *s = *state;
    const struct td *td = s->td;
    const Dstack__SimulatorStatus *told = status(s);

    assert_string_equal(told->tcb_status, "UpToDate");
    assert_int_equal(told->n_advisories, 0);
    assert_false(told->debug_td || told->pck_revoked || told->collateral_expired || told->key_not_vouched);
    assert_string_equal(told->version, version_number);
    assert_string_equal(told->os_version, "0.5.11");
    assert_true(
        span_equal(call_span(told->app_id), span_of(td->identity.app_id, sizeof td->identity.app_id)));
    assert_true(span_equal(call_span(told->instance_id),
                           span_of(td->identity.instance_id, sizeof td->identity.instance_id)));
    assert_int_equal(told->event_count, td->state.log.count);
    assert_int_equal(told->n_faults, 1);
    assert_string_equal(told->faults[0]->method, "Sign");
    assert_int_equal(told->faults[0]->status, 503);
    assert_int_equal(told->n_snapshots, 0);
}

static void a_platform_that_is_refused_changes_nothing(void **state)
{
    struct service_call *s = *state;

    set_platform(s, "Fine");
    assert_service_failed(s, "tcb_status: ");
    assert_false(status(s)->debug_td);
    set_platform(s, "OutOfDate");
    assert_non_null(service_answer(s));
    assert_string_equal(status(s)->tcb_status, "OutOfDate");
    assert_string_equal(status(s)->advisories[0], "INTEL-SA-00837");
}

static void each_part_has_a_status(void **state)
{
    struct service_call *s = *state;
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    char module[] = "OutOfDate", qe[] = "Revoked", early[] = "SWHardeningNeeded", wrong[] = "Fine";
    const Dstack__SimulatorStatus *told;

    args.tdx_module_status = module;
    args.qe_status = qe;
    args.early_tcb_status = early;
    CALL(s, set_platform, &args, on_status);
    told = status(s);
    assert_string_equal(told->tcb_status, "UpToDate");
    assert_string_equal(told->platform_status, "UpToDate");
    assert_string_equal(told->tdx_module_status, "OutOfDate");
    assert_string_equal(told->qe_status, "Revoked");
    assert_string_equal(told->early_tcb_status, "SWHardeningNeeded");
    args.qe_status = early;
    CALL(s, set_platform, &args, on_status);
    assert_service_failed(s, "qe_status: \"SWHardeningNeeded\" is not one of UpToDate, OutOfDate, Revoked");
    args.qe_status = qe;
    args.platform_status = wrong;
    CALL(s, set_platform, &args, on_status);
    assert_service_failed(s, "platform_status: \"Fine\" is not one of UpToDate, ");
    assert_string_equal(status(s)->platform_status, "UpToDate");
}

static const char *quote_version(struct service_call *s, const char *version)
{
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;

    args.quote_version = (char *)(uintptr_t)version;
    CALL(s, set_platform, &args, on_status);
    return s->response ? status(s)->quote_version : NULL;
}

/* It is not a fault, so a healthy platform keeps the version of the start. */
static void an_omitted_quote_version_is_that_of_the_start(void **state)
{
    struct service_call *s = *state;

    assert_string_equal(status(s)->quote_version, "4");
    assert_string_equal(quote_version(s, "5-td15"), "5-td15");
    assert_string_equal(quote_version(s, "5"), "5");
    assert_null(quote_version(s, "6"));
    assert_service_failed(s, "quote_version: \"6\" is not one of 4, 5, 5-td15");
    assert_string_equal(status(s)->quote_version, "5");
    assert_string_equal(quote_version(s, ""), "4");
    td_fixture_cluster_of(s->td)->scenario_at_start.quote_version = QUOTE_VERSION_5_TD15;
    assert_string_equal(quote_version(s, ""), "5-td15");
    assert_string_equal(quote_version(s, "4"), "4");
    assert_string_equal(reset(s)->quote_version, "5-td15");
}

static void reset_goes_back_to_the_start(void **state)
{
    struct service_call *s = *state;
    const struct td *td = s->td;
    struct registers registers = td->state.registers;
    size_t count = td->state.log.count;
    const Dstack__SimulatorStatus *told;

    emit(s, "one");
    set_platform(s, "Revoked");
    set_fault(s, "Info", 500);
    snapshot(s);
    told = reset(s);
    assert_int_equal(told->event_count, count);
    assert_string_equal(told->tcb_status, "UpToDate");
    assert_int_equal(told->n_advisories, 0);
    assert_false(told->debug_td);
    assert_int_equal(told->n_snapshots, 0);
    assert_int_equal(told->n_faults, 1);
    assert_string_equal(told->faults[0]->method, "Sign");
    assert_memory_equal(&td->state.registers, &registers, sizeof registers);
}

/* The program's own faults come back, with all they had in store. */
static void reset_restores_the_faults_of_the_start(void **state)
{
    struct service_call *s = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    struct fault taken;

    assert_true(faults_take(&s->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
    assert_int_equal(status(s)->faults[0]->hits, 1);
    assert_int_equal(reset(s)->faults[0]->hits, 0);
    CALL(s, clear_faults, &args, on_faults);
    assert_int_equal(((const Dstack__FaultList *)service_answer(s))->n_faults, 0);
    assert_false(faults_take(&s->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
    assert_int_equal(reset(s)->n_faults, 1);
    assert_true(faults_take(&s->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
}

static void reverting_may_go_to_and_fro(void **state)
{
    static const size_t order[] = {2, 0, 1, 1, 2, 0};
    struct service_call *s = *state;
    const struct td *td = s->td;
    struct registers registers[3];
    uint32_t ids[3];
    size_t count = td->state.log.count;

    for (size_t i = 0; i < 3; i++) {
        emit(s, "event");
        if (i == 1)
            set_platform(s, "OutOfDate");
        registers[i] = td->state.registers;
        ids[i] = snapshot(s);
        assert_int_equal(ids[i], i + 1);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const Dstack__SimulatorStatus *told = revert(s, ids[order[i]]);

        assert_int_equal(told->event_count, count + order[i] + 1);
        assert_string_equal(told->tcb_status, order[i] ? "OutOfDate" : "UpToDate");
        assert_int_equal(told->debug_td, order[i] != 0);
        assert_int_equal(told->n_snapshots, 3);
        assert_int_equal(told->n_faults, 1);
        assert_memory_equal(&td->state.registers, &registers[order[i]], sizeof *registers);
        emit(s, "meanwhile");
    }
}

static void a_snapshot_that_is_not_there(void **state)
{
    struct service_call *s = *state;
    uint64_t reverts = s->td->reverts;
    uint32_t id;

    call_revert(s, 0);
    assert_service_failed(s, "no snapshot 0: Snapshot creates one, Status lists them");
    id = snapshot(s);
    call_revert(s, id + 1);
    assert_service_failed(s, "no snapshot 2: ");
    assert_int_equal(s->td->reverts, reverts);
    reset(s);
    call_revert(s, id);
    assert_service_failed(s, "no snapshot 1: ");
}

static void there_are_so_many_snapshots_and_no_id_comes_twice(void **state)
{
    struct service_call *s = *state;

    for (uint32_t i = 1; i <= TD_SNAPSHOTS_MAX; i++)
        assert_int_equal(snapshot(s), i);
    call_snapshot(s);
    assert_service_failed(s, "there are already 64 snapshots; Reset removes them");
    assert_int_equal(status(s)->n_snapshots, TD_SNAPSHOTS_MAX);
    assert_int_equal(status(s)->snapshots[63], 64);
    reset(s);
    assert_int_equal(snapshot(s), TD_SNAPSHOTS_MAX + 1);
    assert_int_equal(status(s)->snapshots[0], TD_SNAPSHOTS_MAX + 1);
}

static void a_fault_is_set_or_refused(void **state)
{
    struct service_call *s = *state;
    const Dstack__FaultList *list = set_fault(s, "Info", 500);

    assert_non_null(list);
    assert_int_equal(list->n_faults, 2);
    assert_null(set_fault(s, "Info", 399));
    assert_service_failed(s, "status must be between 400 and 599, not 399");
    assert_null(set_fault(s, "info", 500));
    assert_service_failed(s, "did you mean Info?");
    assert_int_equal(status(s)->n_faults, 2);
    assert_int_equal(status(s)->faults[1]->status, 500);
}

static void there_is_no_env_to_decrypt(void **state)
{
    struct service_call *s = *state;
    const Dstack__DecryptEnvArgs args = DSTACK__DECRYPT_ENV_ARGS__INIT;

    CALL(s, decrypt_env, &args, on_env);
    assert_service_failed(s, "no environment was given; pass encrypted_env or start with --encrypted-env");
}

#define SIMULATOR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, service_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIMULATOR_TEST(status_says_how_things_are),
        SIMULATOR_TEST(a_platform_that_is_refused_changes_nothing),
        SIMULATOR_TEST(each_part_has_a_status),
        SIMULATOR_TEST(an_omitted_quote_version_is_that_of_the_start),
        SIMULATOR_TEST(reset_goes_back_to_the_start),
        SIMULATOR_TEST(reset_restores_the_faults_of_the_start),
        SIMULATOR_TEST(reverting_may_go_to_and_fro),
        SIMULATOR_TEST(a_snapshot_that_is_not_there),
        SIMULATOR_TEST(there_are_so_many_snapshots_and_no_id_comes_twice),
        SIMULATOR_TEST(a_fault_is_set_or_refused),
        SIMULATOR_TEST(there_is_no_env_to_decrypt),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
