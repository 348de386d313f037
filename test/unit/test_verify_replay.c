/* Event logs against the registers of a quote. */
#include "crypto/hash.h"
#include "sim/base/memory.h"
#include "sim/verify/replay.h"
#include "test/unit/td_fixture.h"

/* The log of a TD as evidence; its events are the TD's own. */
static struct evidence evidence_of(struct td *td)
{
    return (struct evidence){.events = td->state.log.events, .count = td->state.log.count};
}

static struct event *event_named(struct td *td, const char *name)
{
    for (size_t i = 0; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, name) == 0)
            return &td->state.log.events[i];
    fail_msg("no event %s", name);
    return NULL;
}

static void assert_replay(struct td *td, const char *reason)
{
    struct error error = {.kind = ERROR_NONE};
    struct evidence evidence = evidence_of(td);

    assert_int_equal(replay_verify(&evidence, &td->state.registers, &error), reason ? -1 : 0);
    if (reason && !strstr(error.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
}

static void a_log_replays(void **state)
{
    struct td *td = *state;

    assert_replay(td, NULL);
    memset(event_named(td, "app-id")->digest, 0, REGISTER_BYTES); /* left out */
    assert_replay(td, NULL);
}

static void a_changed_payload(void **state)
{
    struct td *td = *state;
    struct event *event = event_named(td, "app-id");
    uint8_t payload[APP_ID_BYTES];

    memcpy(payload, event->payload, sizeof payload);
    payload[0] ^= 1;
    event->payload = payload;
    assert_replay(td, "(app-id) does not match its name and payload");
    memset(event->digest, 0, REGISTER_BYTES);
    assert_replay(td, "RTMR3 replayed from the event log differs from the quote's");
}

static void a_changed_digest_of_a_boot_event(void **state)
{
    struct td *td = *state;

    for (size_t i = 0; i < td->state.log.count; i++) {
        struct event *event = &td->state.log.events[i];
        char reason[32];
        if (event->imr == EVENT_RUNTIME_IMR)
            continue;
        snprintf(reason, sizeof reason, "RTMR%u replayed", (unsigned)event->imr);
        event->digest[47] ^= 1;
        assert_replay(td, reason);
        event->digest[47] ^= 1;
    }
}

static void a_missing_event(void **state)
{
    struct td *td = *state;

    td->state.log.count--; /* system-ready */
    assert_replay(td, "RTMR3 replayed");
    td->state.log.count++;
}

static void rtmr3_has_runtime_events_alone(void **state)
{
    struct td *td = *state;

    event_named(td, "app-id")->type = 10;
    assert_replay(td, "extends RTMR3 but is of type 0x0000000a");
}

static void boot_events_may_be_left_out(void **state)
{
    struct td *td = *state;
    struct evidence evidence = {.events = memory_alloc(td->state.log.count * sizeof *evidence.events)};
    struct error error = {.kind = ERROR_NONE};

    for (size_t i = 0; i < td->state.log.count; i++)
        if (td->state.log.events[i].imr == EVENT_RUNTIME_IMR || event_is_acpi(&td->state.log.events[i]))
            evidence.events[evidence.count++] = td->state.log.events[i];
    assert_int_equal(evidence.count, 3 + 9);
    assert_int_equal(replay_verify(&evidence, &td->state.registers, &error), 0);
    free(evidence.events);
}

static void the_first_before_system_ready_counts(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct evidence evidence;

    assert_int_equal(td_emit_event(td, "app-id", span_text("later"), &error), 0);
    assert_int_equal(td_emit_event(td, "mine", span_text("later"), &error), 0);
    evidence = evidence_of(td);
    assert_true(span_equal(replay_payload(&evidence, "app-id"),
                           span_of(td->identity.app_id, sizeof td->identity.app_id)));
    assert_int_equal(replay_payload(&evidence, "mine").len, 0);
    assert_true(span_is(replay_payload(&evidence, "storage-fs"), "zfs"));
}

static void all_of_a_name_are_found_in_their_order(void **state)
{
    struct td *td = *state;
    struct event app_id = *event_named(td, "app-id"), *between;
    struct error error = {.kind = ERROR_NONE};
    struct evidence evidence;
    struct span *payloads;
    struct arena arena;

    arena_init(&arena);
    assert_int_equal(td_emit_event(td, "app-id", span_text("later"), &error), 0);
    between = event_named(td, "storage-fs");
    between->name = "app-id";
    evidence = evidence_of(td);
    assert_int_equal(replay_payloads(&evidence, "app-id", &arena, &payloads), 2);
    assert_true(span_equal(payloads[0], span_of(app_id.payload, app_id.payload_len)));
    assert_true(span_is(payloads[1], "zfs"));
    assert_int_equal(replay_payloads(&evidence, "mine", &arena, &payloads), 0);
    arena_free(&arena);
}

/* --- events of version 2 --- */

struct log_2 {
    struct event_log log;
    struct registers registers;
};

static int start_log_2(void **state)
{
    struct log_2 *f = calloc(1, sizeof *f);
    struct error error = {.kind = ERROR_NONE};

    event_log_init(&f->log);
    f->log.version = EVENT_VERSION_2;
    assert_int_equal(event_log_emit(&f->log, &f->registers, "app-id", span_of("\x01", 1), &error), 0);
    assert_int_equal(event_log_emit(&f->log, &f->registers, "system-ready", SPAN_NONE, &error), 0);
    *state = f;
    return 0;
}

static int finish_log_2(void **state)
{
    event_log_free(&((struct log_2 *)*state)->log);
    free(*state);
    return 0;
}

static void assert_replay_2(const struct log_2 *f, const char *reason)
{
    const struct evidence evidence = {.events = f->log.events, .count = f->log.count};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(replay_verify(&evidence, &f->registers, &error), reason ? -1 : 0);
    if (reason && !strstr(error.text, reason))
        fail_msg("\"%s\" does not say \"%s\"", error.text, reason);
}

static void a_log_of_version_2_replays(void **state)
{
    struct log_2 *f = *state;

    assert_replay_2(f, NULL);
    memset(f->log.events[0].digest, 0, REGISTER_BYTES); /* left out */
    assert_replay_2(f, NULL);
}

static void its_preimages_must_be_there(void **state)
{
    struct log_2 *f = *state;

    f->log.events[1].preimage = SPAN_NONE;
    assert_replay_2(f, "event 2 (system-ready) is of version 2, but has no preimage");
}

/* What follows from the same name and payload, but with a blank. */
static void its_preimages_must_be_canonical(void **state)
{
    static const char other[] = "{\"name\": \"app-id\",\"payload\":\"01\",\"type\":134217729}";
    struct log_2 *f = *state;

    f->log.events[0].preimage = span_text(other);
    hash_sha384(other, sizeof other - 1, f->log.events[0].digest);
    assert_replay_2(f, "the preimage of event 1 (app-id) is not its name and payload in canonical JSON");
}

static void its_payloads_are_those_of_the_preimages(void **state)
{
    struct log_2 *f = *state;

    f->log.events[0].payload = (const uint8_t *)"\x02";
    assert_replay_2(f, "the preimage of event 1 (app-id) is not");
}

static void its_digests_are_those_of_the_preimages(void **state)
{
    struct log_2 *f = *state;

    f->log.events[0].digest[0] ^= 1;
    assert_replay_2(f, "the digest of event 1 (app-id) does not match");
}

static void an_event_that_claims_version_1_has_another_digest(void **state)
{
    struct log_2 *f = *state;

    f->log.events[0].version = EVENT_VERSION_1;
    assert_replay_2(f, "the digest of event 1 (app-id) does not match");
}

#define LOG_2_TEST(name) cmocka_unit_test_setup_teardown(name, start_log_2, finish_log_2)
#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(a_log_replays),
        TD_TEST(a_changed_payload),
        TD_TEST(a_changed_digest_of_a_boot_event),
        TD_TEST(a_missing_event),
        TD_TEST(rtmr3_has_runtime_events_alone),
        TD_TEST(boot_events_may_be_left_out),
        TD_TEST(the_first_before_system_ready_counts),
        TD_TEST(all_of_a_name_are_found_in_their_order),
        LOG_2_TEST(a_log_of_version_2_replays),
        LOG_2_TEST(its_preimages_must_be_there),
        LOG_2_TEST(its_preimages_must_be_canonical),
        LOG_2_TEST(its_payloads_are_those_of_the_preimages),
        LOG_2_TEST(its_digests_are_those_of_the_preimages),
        LOG_2_TEST(an_event_that_claims_version_1_has_another_digest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
