/* Registers that a program in the TD extends by itself, without an event of the log. */
#include "test/unit/td_fixture.h"

static const struct event_log_line line = {"mine", {(const uint8_t *)"payload", 7}, EVENT_VERSION_1};

/* What event_log_emit would extend RTMR3 by. */
static void digest_of(const struct event_log_line *told, uint8_t digest[static REGISTER_BYTES])
{
    struct error error = {.kind = ERROR_NONE};
    struct registers registers = {.mrtd = {0}};
    struct event_log log;

    event_log_init(&log);
    log.version = told->version;
    assert_int_equal(event_log_emit(&log, &registers, told->name, told->payload, &error), 0);
    memcpy(digest, log.events[0].digest, REGISTER_BYTES);
    event_log_free(&log);
}

static size_t shown_events(const struct td *td)
{
    size_t count = 0;

    for (const char *at = td_event_log(td)->plain; (at = strstr(at, "{\"imr\"")); at++)
        count++;
    return count;
}

static void extend(struct td *td, unsigned imr, const uint8_t digest[static REGISTER_BYTES])
{
    struct error error = {.kind = ERROR_NONE};
    struct registers expected = td->state.registers;
    struct registers replayed;

    registers_extend(&expected, imr, digest);
    if (td_extend(td, imr, digest, &error))
        fail_msg("%s", error.text);
    assert_memory_equal(&td->state.registers, &expected, sizeof expected);
    td_registers_before(td, td->state.log.count, &replayed);
    assert_memory_equal(replayed.rtmr, expected.rtmr, sizeof expected.rtmr);
}

static void quotes_have_it_at_once(void **state)
{
    const uint8_t data[REPORT_DATA_BYTES] = {1}, digest[REGISTER_BYTES] = {2};
    struct td *td = *state;
    struct arena arena;
    struct span quote;

    arena_init(&arena);
    for (unsigned imr = 2; imr <= 3; imr++) {
        extend(td, imr, digest);
        quote = td_quote(td, data, &arena);
        assert_memory_equal(quote.data + QUOTE_HEADER_BYTES + 328 + imr * REGISTER_BYTES,
                            td->state.registers.rtmr[imr], REGISTER_BYTES);
    }
    arena_free(&arena);
}

static void no_log_that_is_shown_has_it(void **state)
{
    const uint8_t data[REPORT_DATA_BYTES] = {1}, digest[REGISTER_BYTES] = {2};
    struct td *td = *state;
    const size_t before = shown_events(td);
    size_t runtime;
    struct arena arena;

    arena_init(&arena);
    td_attestation(td, TD_ATTESTATION_WHOLE, data, &arena, NULL);
    td_attestation(td, TD_ATTESTATION_MSGPACK, data, &arena, NULL);
    runtime = td->view->scale.runtime_count;
    extend(td, 3, digest);
    assert_int_equal(shown_events(td), before);
    td_attestation(td, TD_ATTESTATION_WHOLE, data, &arena, NULL);
    td_attestation(td, TD_ATTESTATION_MSGPACK, data, &arena, NULL);
    assert_int_equal(td->view->scale.count, before);
    assert_int_equal(td->view->scale.runtime_count, runtime);
    assert_int_equal(td->view->msgpack.count, before);
    assert_int_equal(td->view->msgpack.runtime_count, runtime);
    arena_free(&arena);
}

static void until_it_is_told(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td *td = *state;
    const size_t before = shown_events(td);
    const uint64_t generation = td->generation;
    uint8_t digest[REGISTER_BYTES];
    struct registers registers;

    digest_of(&line, digest);
    extend(td, 3, digest);
    extend(td, 3, digest);
    registers = td->state.registers;
    assert_int_equal(td_tell_event(td, &line, &error), 0);
    assert_int_equal(shown_events(td), before + 1);
    assert_string_equal(td->state.log.events[before].name, "mine");
    assert_true(td->state.log.events[before + 1].is_unlogged);
    assert_int_equal(td_tell_event(td, &line, &error), 0);
    assert_int_equal(shown_events(td), before + 2);
    assert_memory_equal(&td->state.registers, &registers, sizeof registers);
    assert_true(td->generation > generation);
    assert_int_equal(td_tell_event(td, &line, &error), -1);
    assert_string_equal(error.text, "RTMR3 was not extended by the digest of this event");
}

static void telling_keeps_the_limits(void **state)
{
    static uint8_t payload[EVENT_PAYLOAD_BYTES_MAX + 1];
    const struct event_log_line large = {"large", {payload, sizeof payload}, EVENT_VERSION_2};
    struct error error = {.kind = ERROR_NONE};
    struct td *td = *state;

    assert_int_equal(td_tell_event(td, &large, &error), -1);
    assert_non_null(strstr(error.text, "payload has 65537 bytes"));
}

static void only_two_registers_are_open(void **state)
{
    const uint8_t digest[REGISTER_BYTES] = {2};
    struct td *td = *state;
    const struct registers before = td->state.registers;
    static const unsigned closed[] = {0, 1, 4, 255};

    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(td_extend(td, closed[i], digest, &error), -1);
        assert_non_null(strstr(error.text, "cannot be extended: RTMR2 and RTMR3 can"));
    }
    assert_memory_equal(&td->state.registers, &before, sizeof before);
}

static void the_log_has_an_end(void **state)
{
    const uint8_t digest[REGISTER_BYTES] = {2};
    struct error error = {.kind = ERROR_NONE};
    struct td *td = *state;

    while (td->state.log.count < EVENT_LOG_EVENTS_MAX)
        assert_int_equal(td_extend(td, 3, digest, &error), 0);
    assert_int_equal(td_extend(td, 3, digest, &error), -1);
    assert_non_null(strstr(error.text, "at most 4096 events"));
}

static void a_reset_forgets_it(void **state)
{
    const uint8_t digest[REGISTER_BYTES] = {2};
    struct td *td = *state;
    const struct registers before = td->state.registers;

    extend(td, 2, digest);
    td_reset(td);
    assert_memory_equal(&td->state.registers, &before, sizeof before);
    assert_int_equal(td->state.log.count, shown_events(td));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(quotes_have_it_at_once, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(no_log_that_is_shown_has_it, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(until_it_is_told, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(telling_keeps_the_limits, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(only_two_registers_are_open, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_log_has_an_end, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_reset_forgets_it, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
