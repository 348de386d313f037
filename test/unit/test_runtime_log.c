/* Runtime events as lines of runtime_events.log, written and read. */
#include "sim/tdx/runtime_log.h"

#include "test/unit/td_fixture.h"

static void refuse(const char *text, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct event_log_line line;
    struct arena arena;

    arena_init(&arena);
    assert_int_equal(runtime_log_read(span_text(text), &arena, &line, &error), -1);
    if (!strstr(error.text, sentence))
        fail_msg("%s: %s", text, error.text);
    arena_free(&arena);
}

static void what_cannot_be_read(void **state)
{
    char *long_line = calloc(1, RUNTIME_LOG_LINE_BYTES_MAX + 2);

    (void)state;
    assert_non_null(long_line);
    memset(long_line, 'x', RUNTIME_LOG_LINE_BYTES_MAX + 1);
    refuse("", "not valid JSON");
    refuse("[]", "object");
    refuse("{\"payload\":\"\"}", "the member event is missing");
    refuse("{\"event\":\"a\"}", "the member payload is missing");
    refuse("{\"event\":\"a\",\"payload\":\"?\"}", "payload must be base64");
    refuse("{\"event\":\"a\",\"payload\":\"\",\"version\":0}", "version must be 1 or 2");
    refuse("{\"event\":\"a\",\"payload\":\"\",\"version\":3}", "version");
    refuse(long_line, "a line has at most");
    free(long_line);
}

/* Emits each event of a TD's file in another log, which has to come to the same RTMR3. */
static void assert_replays(const struct td *td, enum event_version version)
{
    struct error error = {.kind = ERROR_NONE};
    struct registers registers = {.mrtd = {0}};
    struct event_log log;
    struct arena arena;
    struct buf file;
    char *rest;
    size_t count = 0;

    arena_init(&arena);
    event_log_init(&log);
    log.version = version;
    buf_init(&file, SIZE_MAX);
    runtime_log_write(&td->state.log, &file);
    buf_append_byte(&file, '\0');
    rest = (char *)file.data;
    for (char *end; (end = strchr(rest, '\n')); rest = end + 1, count++) {
        struct event_log_line line;

        if (runtime_log_read(span_of(rest, (size_t)(end - rest)), &arena, &line, &error) ||
            event_log_emit(&log, &registers, line.name, line.payload, &error))
            fail_msg("%s", error.text);
        assert_int_equal(line.version, version);
    }
    assert_string_equal(rest, "");
    assert_true(count >= 8);
    assert_memory_equal(registers.rtmr[3], td->state.registers.rtmr[3], REGISTER_BYTES);
    buf_free(&file);
    event_log_free(&log);
    arena_free(&arena);
}

static void the_file_replays_to_rtmr3(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(td_emit_event(td, "caf\xc3\xa9 \"quoted\"", span_of("\0\xff", 2), &error), 0);
    assert_replays(td, EVENT_VERSION_1);
}

static void so_does_one_of_version_2(void **state)
{
    const struct td *td =
        td_fixture_0_6("{\"manifest_version\":2,\"name\":\"n\",\"runner\":\"docker-compose\","
                       "\"docker_compose_file\":\"services: {}\",\"event_log_version\":2}");

    (void)state;
    assert_replays(td, EVENT_VERSION_2);
    td_fixture_free(td);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_read),
        cmocka_unit_test_setup_teardown(the_file_replays_to_rtmr3, td_setup, td_teardown),
        cmocka_unit_test(so_does_one_of_version_2),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
