/* Snapshots of a TD, and the way back to them. */
#include "sim/td/td.h"
#include "test/unit/app_cert_fixture.h"

static void emit(struct td *td, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(td_emit_event(td, name, span_text("payload"), &error), 0);
}

static char *present_log(struct td *td)
{
    return strdup(td_event_log(td)->plain);
}

static uint32_t take(struct td *td)
{
    struct error error = {.kind = ERROR_NONE};
    uint32_t id;

    if (cluster_take_snapshot(td_fixture_cluster_of(td), td, &id, &error))
        fail_msg("%s", error.text);
    return id;
}

static void revert(struct td *td, uint32_t id)
{
    struct error error = {.kind = ERROR_NONE};

    if (cluster_revert(td_fixture_cluster_of(td), td, id, &error))
        fail_msg("%s", error.text);
}

/* TDATTRIBUTES of its quotes. */
static bool quotes_say_debug(const struct td *td)
{
    static const uint8_t report_data[REPORT_DATA_BYTES];
    struct arena arena;
    bool is_debug;

    arena_init(&arena);
    is_debug = td_quote(td, report_data, &arena).data[48 + 120] & 1;
    arena_free(&arena);
    return is_debug;
}

static void a_td_goes_back_to_any_state_it_was_in(void **state)
{
    struct td *td = *state;
    struct cluster *cluster = td_fixture_cluster_of(td);
    const struct scenario wrong = {.key_not_vouched = true};
    struct registers registers[2];
    uint32_t start, later;
    char *logs[2];

    start = take(td);
    registers[0] = td->state.registers;
    logs[0] = present_log(td);
    emit(td, "one");
    td_set_debug(td, true);
    cluster_set_scenario(cluster, &wrong);
    later = take(td);
    registers[1] = td->state.registers;
    logs[1] = present_log(td);
    emit(td, "two");
    for (int i = 3; i >= 0; i--) {
        revert(td, i % 2 ? later : start);
        assert_memory_equal(&td->state.registers, &registers[i % 2], sizeof td->state.registers);
        assert_string_equal(td_event_log(td)->plain, logs[i % 2]);
        assert_int_equal(td->state.is_debug, i % 2);
        assert_int_equal(quotes_say_debug(td), i % 2);
        assert_int_equal(cluster->scenario.key_not_vouched, i % 2);
        assert_ptr_equal(td->quote.key,
                         i % 2 ? &cluster->platform.stranger_key : &cluster->platform.first.attestation_key);
        emit(td, "other");
        assert_memory_not_equal(&td->state.registers, &registers[i % 2], sizeof td->state.registers);
    }
    assert_int_equal(td->reverts, 4);
    for (int i = 0; i < 2; i++)
        free(logs[i]);
}

static void going_back_starts_another_generation(void **state)
{
    struct td *td = *state;
    uint64_t generation = td->generation;
    uint32_t id = take(td);

    emit(td, "one");
    emit(td, "two");
    assert_true(td->generation == generation);
    revert(td, id);
    assert_true(td->generation == generation + 1);
    cluster_reset(td_fixture_cluster_of(td), td);
    assert_true(td->generation == generation + 2);
    assert_int_equal(td->emitted, 2);
    assert_int_equal(td->reverts, 2);
}

/* The registers before an event are those of the present log, not of one taken back. */
static void the_chain_goes_back_too(void **state)
{
    struct td *td = *state;
    size_t count = td->state.log.count;
    uint32_t id = take(td);
    struct registers before, replayed;

    for (int i = 0; i < 2 * EVENT_CHAIN_STEP; i++)
        emit(td, "first");
    td_registers_before(td, td->state.log.count, &before);
    assert_memory_equal(before.rtmr, td->state.registers.rtmr, sizeof before.rtmr);
    revert(td, id);
    assert_int_equal(td->state.log.count, count);
    for (int i = 0; i < 2 * EVENT_CHAIN_STEP; i++)
        emit(td, "second");
    td_registers_before(td, td->state.log.count, &before);
    td_replay(td, &replayed);
    assert_memory_equal(before.rtmr, replayed.rtmr, sizeof before.rtmr);
}

static void assert_no_snapshot(struct td *td, uint32_t id, const char *sentence)
{
    const struct registers before = td->state.registers;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(td_revert(td, id, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, sentence);
    error.kind = ERROR_NONE;
    assert_int_equal(cluster_revert(td_fixture_cluster_of(td), td, id, &error), -1);
    assert_string_equal(error.text, sentence);
    assert_memory_equal(&td->state.registers, &before, sizeof before);
    assert_int_equal(td->reverts, 0);
}

static void an_unknown_snapshot_is_named(void **state)
{
    struct td *td = *state;

    assert_no_snapshot(td, 1, "no snapshot 1: Snapshot creates one, Status lists them");
    assert_int_equal(take(td), 1);
    emit(td, "one");
    assert_no_snapshot(td, 0, "no snapshot 0: Snapshot creates one, Status lists them");
    assert_no_snapshot(td, 7, "no snapshot 7: Snapshot creates one, Status lists them");
}

static void snapshots_have_a_largest_number(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    uint32_t id = 0;

    assert_int_equal(TD_SNAPSHOTS_MAX, 64);
    for (uint32_t i = 1; i <= TD_SNAPSHOTS_MAX; i++) {
        emit(td, "next");
        assert_int_equal(take(td), i);
    }
    assert_int_equal(td_take_snapshot(td, &id, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "there are already 64 snapshots; Reset removes them");
    assert_int_equal(cluster_take_snapshot(td_fixture_cluster_of(td), td, &id, &error), -1);
    assert_int_equal(id, 0);
    assert_int_equal(td->snapshot_count, TD_SNAPSHOTS_MAX);
    revert(td, TD_SNAPSHOTS_MAX);
    revert(td, 1);
}

static void a_reset_is_the_start_without_snapshots(void **state)
{
    struct td *td = *state;
    struct cluster *cluster = td_fixture_cluster_of(td);
    const struct scenario wrong = {.tcb_status = TCB_REVOKED};
    const struct registers registers = td->state.registers;
    struct error error = {.kind = ERROR_NONE};
    char *log = present_log(td);

    emit(td, "one");
    td_set_debug(td, true);
    cluster_set_scenario(cluster, &wrong);
    assert_int_equal(take(td), 1);
    for (int i = 0; i < 2; i++) {
        cluster_reset(cluster, td);
        assert_memory_equal(&td->state.registers, &registers, sizeof registers);
        assert_string_equal(td_event_log(td)->plain, log);
        assert_false(td->state.is_debug || quotes_say_debug(td));
        assert_int_equal(cluster->scenario.tcb_status, TCB_UP_TO_DATE);
        assert_int_equal(td->snapshot_count, 0);
        assert_int_equal(td_revert(td, 1, &error), -1);
        emit(td, "two");
    }
    assert_int_equal(take(td), 2); /* no id is given twice */
    td_reset(td);
    assert_memory_equal(&td->state.registers, &registers, sizeof registers);
    assert_int_equal(td->snapshot_count, 0);
    free(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_td_goes_back_to_any_state_it_was_in, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(going_back_starts_another_generation, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_chain_goes_back_too, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(an_unknown_snapshot_is_named, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(snapshots_have_a_largest_number, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_reset_is_the_start_without_snapshots, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
