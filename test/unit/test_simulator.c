/* Simulator: Status, going back by Reset and Revert, and the faults between them. */
#include "sim/services/simulator.h"

#include "sim/base/version.h"
#include "sim/services/fault_control.h"
#include "test/unit/service_fixture.h"

SERVICE_REPLY(on_status, Dstack__SimulatorStatus)
SERVICE_REPLY(on_snapshot, Dstack__SnapshotResponse)
SERVICE_REPLY(on_faults, Dstack__FaultList)
SERVICE_REPLY(on_env, Dstack__DecryptEnvResponse)

/* A simulator whose start knows one fault. */
struct fixture {
    struct service_call s; /* first: replies get back from it to the struct */
    struct faults faults;
    struct simulator_service simulator;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct fault fault = {.method = "Sign", .status = 503};
    struct error error = {.kind = ERROR_NONE};
    void *td;

    td_setup(&td);
    fixture->s.td = td;
    arena_init(&fixture->s.arena);
    service_again(&fixture->s);
    if (fault_control_set(&fixture->faults, &fixture->s.td->seed, &fault, &error))
        fail_msg("%s", error.text);
    simulator_service_init(&fixture->simulator, td, &fixture->faults);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    simulator_service_free(&fixture->simulator);
    return service_teardown(state);
}

static const Dstack__SimulatorStatus *status(struct fixture *fixture)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    service->status(service, &args, on_status, service_again(&fixture->s));
    return service_answer(&fixture->s);
}

static const Dstack__SimulatorStatus *reset(struct fixture *fixture)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    service->reset(service, &args, on_status, service_again(&fixture->s));
    return service_answer(&fixture->s);
}

static void call_snapshot(struct fixture *fixture)
{
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    service->snapshot(service, &args, on_snapshot, service_again(&fixture->s));
}

static uint32_t snapshot(struct fixture *fixture)
{
    call_snapshot(fixture);
    return ((const Dstack__SnapshotResponse *)service_answer(&fixture->s))->id;
}

static void call_revert(struct fixture *fixture, uint32_t id)
{
    Dstack__RevertArgs args = DSTACK__REVERT_ARGS__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    args.id = id;
    service->revert(service, &args, on_status, service_again(&fixture->s));
}

static const Dstack__SimulatorStatus *revert(struct fixture *fixture, uint32_t id)
{
    call_revert(fixture, id);
    return service_answer(&fixture->s);
}

static void emit(struct fixture *fixture, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    if (td_emit_event(fixture->s.td, name, span_text("payload"), &error))
        fail_msg("%s", error.text);
}

/* The faults set by then, or NULL for a failure. */
static const Dstack__FaultList *set_fault(struct fixture *fixture, const char *method, uint32_t code)
{
    Dstack__SetFaultArgs args = DSTACK__SET_FAULT_ARGS__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    args.method = (char *)(uintptr_t)method;
    args.status = code;
    service->set_fault(service, &args, on_faults, service_again(&fixture->s));
    return (const Dstack__FaultList *)fixture->s.response;
}

static void set_platform(struct fixture *fixture, const char *tcb_status)
{
    Dstack__SetPlatformArgs args = DSTACK__SET_PLATFORM_ARGS__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;
    char advisory[] = "INTEL-SA-00837", *advisories[] = {advisory};

    args.tcb_status = (char *)(uintptr_t)tcb_status;
    args.advisories = advisories;
    args.n_advisories = 1;
    args.debug_td = true;
    service->set_platform(service, &args, on_status, service_again(&fixture->s));
}

/* --- the tests --- */

static void status_says_how_things_are(void **state)
{
    struct fixture *fixture = *state;
    const struct td *td = fixture->s.td;
    const Dstack__SimulatorStatus *told = status(fixture);

    assert_string_equal(told->tcb_status, "UpToDate");
    assert_int_equal(told->n_advisories, 0);
    assert_false(told->debug_td || told->pck_revoked || told->collateral_expired || told->key_not_vouched);
    assert_string_equal(told->version, version_number);
    assert_true(span_equal(rpc_span(told->app_id), span_of(td->app_id, sizeof td->app_id)));
    assert_true(span_equal(rpc_span(told->instance_id), span_of(td->instance_id, sizeof td->instance_id)));
    assert_int_equal(told->event_count, td->log.count);
    assert_int_equal(told->n_faults, 1);
    assert_string_equal(told->faults[0]->method, "Sign");
    assert_int_equal(told->faults[0]->status, 503);
    assert_int_equal(told->n_snapshots, 0);
}

static void a_platform_that_is_refused_changes_nothing(void **state)
{
    struct fixture *fixture = *state;

    set_platform(fixture, "Fine");
    assert_service_failed(&fixture->s, "tcb_status: ");
    assert_false(status(fixture)->debug_td);
    set_platform(fixture, "OutOfDate");
    assert_non_null(service_answer(&fixture->s));
    assert_string_equal(status(fixture)->tcb_status, "OutOfDate");
    assert_string_equal(status(fixture)->advisories[0], "INTEL-SA-00837");
}

static void reset_goes_back_to_the_start(void **state)
{
    struct fixture *fixture = *state;
    const struct td *td = fixture->s.td;
    struct registers registers = td->registers;
    size_t count = td->log.count;
    const Dstack__SimulatorStatus *told;

    emit(fixture, "one");
    set_platform(fixture, "Revoked");
    set_fault(fixture, "Info", 500);
    snapshot(fixture);
    told = reset(fixture);
    assert_int_equal(told->event_count, count);
    assert_string_equal(told->tcb_status, "UpToDate");
    assert_int_equal(told->n_advisories, 0);
    assert_int_equal(told->n_snapshots, 0);
    assert_int_equal(told->n_faults, 1);
    assert_string_equal(told->faults[0]->method, "Sign");
    assert_memory_equal(&td->registers, &registers, sizeof registers);
}

/* The program's own faults come back, with all they had in store. */
static void reset_restores_the_faults_of_the_start(void **state)
{
    struct fixture *fixture = *state;
    const Dstack__Empty args = DSTACK__EMPTY__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;
    struct fault taken;

    assert_true(faults_take(&fixture->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
    assert_int_equal(status(fixture)->faults[0]->hits, 1);
    assert_int_equal(reset(fixture)->faults[0]->hits, 0);
    service->clear_faults(service, &args, on_faults, service_again(&fixture->s));
    assert_int_equal(((const Dstack__FaultList *)service_answer(&fixture->s))->n_faults, 0);
    assert_false(faults_take(&fixture->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
    assert_int_equal(reset(fixture)->n_faults, 1);
    assert_true(faults_take(&fixture->faults, "DstackGuest.Sign", span_text("/Sign"), true, &taken));
}

static void reverting_may_go_to_and_fro(void **state)
{
    static const size_t order[] = {2, 0, 1, 1, 2, 0};
    struct fixture *fixture = *state;
    const struct td *td = fixture->s.td;
    struct registers registers[3];
    uint32_t ids[3];
    size_t count = td->log.count;

    for (size_t i = 0; i < 3; i++) {
        emit(fixture, "event");
        if (i == 1)
            set_platform(fixture, "OutOfDate");
        registers[i] = td->registers;
        ids[i] = snapshot(fixture);
        assert_int_equal(ids[i], i + 1);
    }
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
        const Dstack__SimulatorStatus *told = revert(fixture, ids[order[i]]);

        assert_int_equal(told->event_count, count + order[i] + 1);
        assert_string_equal(told->tcb_status, order[i] ? "OutOfDate" : "UpToDate");
        assert_int_equal(told->n_snapshots, 3);
        assert_int_equal(told->n_faults, 1);
        assert_memory_equal(&td->registers, &registers[order[i]], sizeof *registers);
        emit(fixture, "meanwhile");
    }
}

static void a_snapshot_that_is_not_there(void **state)
{
    struct fixture *fixture = *state;
    uint64_t reverts = fixture->s.td->reverts;
    uint32_t id;

    call_revert(fixture, 0);
    assert_service_failed(&fixture->s, "there is no snapshot 0; Snapshot answers the id of a new one");
    id = snapshot(fixture);
    call_revert(fixture, id + 1);
    assert_service_failed(&fixture->s, "there is no snapshot 2; ");
    assert_int_equal(fixture->s.td->reverts, reverts);
    reset(fixture);
    call_revert(fixture, id);
    assert_service_failed(&fixture->s, "there is no snapshot 1; ");
}

static void there_are_so_many_snapshots_and_no_id_comes_twice(void **state)
{
    struct fixture *fixture = *state;

    for (uint32_t i = 1; i <= SIMULATOR_SNAPSHOTS_MAX; i++)
        assert_int_equal(snapshot(fixture), i);
    call_snapshot(fixture);
    assert_service_failed(&fixture->s, "there are 64 snapshots already; Reset forgets them");
    assert_int_equal(status(fixture)->n_snapshots, SIMULATOR_SNAPSHOTS_MAX);
    assert_int_equal(status(fixture)->snapshots[63], 64);
    reset(fixture);
    assert_int_equal(snapshot(fixture), SIMULATOR_SNAPSHOTS_MAX + 1);
    assert_int_equal(status(fixture)->snapshots[0], SIMULATOR_SNAPSHOTS_MAX + 1);
}

static void a_fault_is_set_or_refused(void **state)
{
    struct fixture *fixture = *state;
    const Dstack__FaultList *list = set_fault(fixture, "Info", 500);

    assert_non_null(list);
    assert_int_equal(list->n_faults, 2);
    assert_null(set_fault(fixture, "Info", 399));
    assert_service_failed(&fixture->s, "status must be between 400 and 599, not 399");
    assert_null(set_fault(fixture, "info", 500));
    assert_service_failed(&fixture->s, "did you mean Info?");
    assert_int_equal(status(fixture)->n_faults, 2);
    assert_int_equal(status(fixture)->faults[1]->status, 500);
}

static void there_is_no_env_to_decrypt(void **state)
{
    struct fixture *fixture = *state;
    const Dstack__DecryptEnvArgs args = DSTACK__DECRYPT_ENV_ARGS__INIT;
    Dstack__Simulator_Service *service = &fixture->simulator.service;

    service->decrypt_env(service, &args, on_env, service_again(&fixture->s));
    assert_service_failed(&fixture->s, "encrypted");
}

#define SIMULATOR_TEST(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SIMULATOR_TEST(status_says_how_things_are),
        SIMULATOR_TEST(a_platform_that_is_refused_changes_nothing),
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
