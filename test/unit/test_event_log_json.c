/* The event log as JSON, read back as it was written; test_evidence_read.c has logs that are
 * refused. */
#include "sim/tdx/event_log_json.h"

#include "test/unit/attestation_fixture.h"

static void write_log(struct buf *out, const struct event_log *log)
{
    buf_append_byte(out, '[');
    event_log_json_write_rest(out, log, 0);
}

static void what_was_written_is_read(void **state)
{
    struct attestation_fixture *f = *state;
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    struct buf out;

    buf_init(&out, SIZE_MAX);
    write_log(&out, &f->log);
    assert_int_equal(event_log_json_read(&evidence, buf_span(&out), &f->arena, &error), 0);
    assert_int_equal(evidence.count, f->log.count);
    for (size_t i = 0; i < evidence.count; i++)
        assert_event_equal(&evidence.events[i], &f->log.events[i]);
    buf_free(&out);
}

static void members_have_dstack_s_names_and_order(void **state)
{
    static const char expected[] =
        "[{\"imr\":3,\"event_type\":134217729,\"digest\":\""
        "98bd7e6bd3952720b65027fd494834045d06b4a714bf737a06b874638b3ea00ff402f7f583e3e3b05e921c8570433ac6"
        "\",\"event\":\"boot-mr-done\",\"event_payload\":\"\"}]";
    struct registers registers = {.mrtd = {0}};
    struct error error = {.kind = ERROR_NONE};
    struct event_log log;
    struct buf out;

    (void)state;
    event_log_init(&log);
    buf_init(&out, SIZE_MAX);
    assert_int_equal(event_log_emit(&log, &registers, "boot-mr-done", SPAN_NONE, &error), 0);
    write_log(&out, &log);
    assert_true(span_is(buf_span(&out), expected));
    buf_free(&out);
    event_log_free(&log);
}

static void an_event_of_version_2_has_two_members_more(void **state)
{
    const struct attestation_fixture *f = *state;
    static const char boot_end[] = "\"event\":\"\",\"event_payload\":\"\"},";
    static const char runtime_end[] =
        "\"event\":\"app-id\",\"event_payload\":\"00ff\",\"version\":2,\"preimage\":\""
        /* {"name":"app-id","payload":"00ff","type":134217729} */
        "7b226e616d65223a226170702d6964222c227061796c6f6164223a2230306666222c2274797065223a313334323137373239"
        "7d"
        "\"},";
    struct buf out;

    buf_init(&out, SIZE_MAX);
    write_log(&out, &f->log);
    assert_non_null(memmem(out.data, out.len, boot_end, sizeof boot_end - 1));
    assert_non_null(memmem(out.data, out.len, runtime_end, sizeof runtime_end - 1));
    buf_free(&out);
}

static void a_log_without_events_is_an_empty_array(void **state)
{
    const struct event_log log = {.count = 0};
    struct buf out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    write_log(&out, &log);
    assert_true(span_is(buf_span(&out), "[]"));
    buf_free(&out);
}

#define WITH(imr) "{\"imr\":" #imr ",\"event_type\":1,\"digest\":\"\",\"event\":\"\",\"event_payload\":\"\"}"

static void the_first_fault_is_named(void **state)
{
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"{}", "must be a JSON array"},
        {"[1]", "element 1: must be an object"},
        {"[" WITH(3) "," WITH(4) "," WITH(5) "]", "element 2: imr must be 0 to 3"},
        {"[" WITH(3) "," WITH(null) "]", "element 2: imr must be a whole number"},
        {"[" WITH(4) ",", "not valid JSON"}, /* first of all */
        {"[" WITH(4) "]}", "not valid JSON"},
        {"[" WITH(4) ",{\"a\":1,\"a\":1}]", "not valid JSON: duplicate object key"},
        {"", "not valid JSON"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct evidence evidence = {.count = 0};
        struct arena arena;

        arena_init(&arena);
        assert_int_equal(event_log_json_read(&evidence, span_text(cases[i].text), &arena, &error), -1);
        if (!strstr(error.text, cases[i].says))
            fail_msg("%s: %s", cases[i].text, error.text);
        arena_free(&arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_written_is_read, fixture_start, fixture_finish),
        cmocka_unit_test_setup_teardown(what_was_written_is_read, fixture_start_version_2, fixture_finish),
        cmocka_unit_test_setup_teardown(an_event_of_version_2_has_two_members_more, fixture_start_version_2,
                                        fixture_finish),
        cmocka_unit_test(members_have_dstack_s_names_and_order),
        cmocka_unit_test(the_first_fault_is_named),
        cmocka_unit_test(a_log_without_events_is_an_empty_array),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
