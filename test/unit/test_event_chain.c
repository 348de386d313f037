/* The registers along the event log are those the log led to as it grew. */
#include "sim/tdx/event_chain.h"

#include "test/unit/vectors.h"

#define EVENTS (3 * EVENT_CHAIN_STEP + 5)

struct fixture {
    struct event_log log;
    struct registers *before; /* of each event, and after the last */
    struct event_chain chain;
};

/* Runtime events, and one of the boot in every seven. */
static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct registers registers = {0};
    struct error error = {.kind = ERROR_NONE};

    event_log_init(&f->log);
    f->before = calloc(EVENTS + 1, sizeof *f->before);
    for (unsigned i = 0; i < EVENTS; i++) {
        struct event event = {
            .imr = i % 3, .type = 4, .name = (char *)(uintptr_t)"boot", .digest = {(uint8_t)i, 1}};

        f->before[i] = registers;
        if (i % 7 == 0)
            event_log_measure(&f->log, &registers, &event);
        else if (event_log_emit(&f->log, &registers, "event", span_of((uint8_t *)&i, sizeof i), &error))
            fail_msg("%s", error.text);
    }
    f->before[EVENTS] = registers;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    event_log_free(&f->log);
    free(f->before);
    free(f);
    return 0;
}

static void assert_before(struct fixture *f, size_t index)
{
    struct registers registers;

    memset(&registers, 0x5a, sizeof registers);
    event_chain_before(&f->chain, &f->log, index, &registers);
    assert_memory_equal(&registers, &f->before[index], sizeof registers);
}

static void every_place_has_its_registers(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i <= EVENTS; i++)
        assert_before(f, i);
}

static void places_can_be_asked_in_any_order(void **state)
{
    static const size_t places[] = {
        EVENTS, 0, EVENT_CHAIN_STEP, 1, EVENT_CHAIN_STEP - 1, EVENT_CHAIN_STEP + 1, EVENTS};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        assert_before(*state, places[i]);
}

/* What it knows, it does not replay: a log changed without its knowledge goes unnoticed. */
static void what_was_replayed_is_remembered(void **state)
{
    struct fixture *f = *state;
    struct registers registers;

    assert_before(f, 2 * EVENT_CHAIN_STEP);
    f->log.events[0].digest[0] ^= 1;
    assert_before(f, 2 * EVENT_CHAIN_STEP + 3);

    event_chain_forget(&f->chain);
    event_chain_before(&f->chain, &f->log, 2 * EVENT_CHAIN_STEP + 3, &registers);
    assert_memory_not_equal(&registers, &f->before[2 * EVENT_CHAIN_STEP + 3], sizeof registers);
}

static void a_full_log_has_a_mark_for_each_step(void **state)
{
    struct fixture *f = *state;
    struct registers registers = f->before[EVENTS], end;
    struct error error = {.kind = ERROR_NONE};

    while (f->log.count < EVENT_LOG_EVENTS_MAX)
        if (event_log_emit(&f->log, &registers, "e", SPAN_NONE, &error))
            fail_msg("%s", error.text);
    event_chain_before(&f->chain, &f->log, EVENT_LOG_EVENTS_MAX, &end);
    assert_memory_equal(&end, &registers, sizeof end);
    assert_int_equal(f->chain.count, sizeof f->chain.marks / sizeof *f->chain.marks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_place_has_its_registers, setup, teardown),
        cmocka_unit_test_setup_teardown(places_can_be_asked_in_any_order, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_replayed_is_remembered, setup, teardown),
        cmocka_unit_test_setup_teardown(a_full_log_has_a_mark_for_each_step, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
