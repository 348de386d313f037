/* Requests in their three encodings, and what is said of those that cannot be read. */
#include "sim/format/scale.h"
#include "sim/td/view.h"
#include "test/unit/verify_fixture.h"

#define DIGEST                                                                                               \
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f"
#define EVENT(imr, digest, name)                                                                             \
    "{\"imr\":" imr ",\"event_type\":134217729,\"digest\":\"" digest "\",\"event\":\"" name                  \
    "\",\"event_payload\":\"\"}"
#define EVENT_WITH(more)                                                                                     \
    "{\"imr\":3,\"event_type\":134217729,\"digest\":\"\",\"event\":\"a\",\"event_payload\":\"\"," more "}"

static int read_log(const char *log, struct evidence *evidence, struct arena *arena, struct error *error)
{
    const struct evidence_request request = {.quote = span_text("00"), .event_log = span_text(log)};

    *error = (struct error){.kind = ERROR_NONE};
    return evidence_read(&request, arena, evidence, error);
}

static void a_json_log(void **state)
{
    struct evidence evidence;
    struct arena arena;
    struct error error;

    (void)state;
    arena_init(&arena);
    assert_int_equal(
        read_log("[" EVENT("0", DIGEST, "first") "," EVENT("3", "", "second") "]", &evidence, &arena, &error),
        0);
    assert_int_equal(evidence.count, 2);
    assert_hex_equal(evidence.events[0].digest, 48, DIGEST);
    assert_string_equal(evidence.events[1].name, "second");
    assert_int_equal(evidence.events[1].type, EVENT_TYPE_RUNTIME);
    arena_free(&arena);
}

static void wrong_logs_are_explained(void **state)
{
    static const struct {
        const char *log, *reason;
    } rows[] = {
        {"[", "event_log: not valid JSON"},
        {"{}", "event_log: must be a JSON array"},
        {"[5]", "event_log: element 1: must be an object"},
        {"[{}]", "event_log: element 1: the member imr is missing"},
        {"[" EVENT("4", DIGEST, "a") "]", "element 1: imr must be 0 to 3"},
        {"[" EVENT("0", "", "a") "]", "element 1: its digest must have 48 bytes, but has 0"},
        {"[" EVENT("3", "00", "a") "]", "element 1: its digest must have 48 bytes, but has 1"},
        {"[" EVENT("3", "zz", "a") "]", "element 1: digest must be hex"},
        {"[" EVENT_WITH("\"version\":3") "]", "element 1: version must be a whole number from 0 to 2"},
        {"[" EVENT_WITH("\"version\":0") "]", "element 1: its version must be 1 or 2"},
        {"[" EVENT_WITH("\"version\":\"2\"") "]", "element 1: version must be a whole number"},
        {"[" EVENT_WITH("\"version\":2,\"preimage\":\"0\"") "]", "element 1: preimage must be hex"},
        {"[" EVENT_WITH("\"version\":2,\"preimage\":null") "]", "element 1: preimage must be a string"},
        {"[" EVENT("\"3\"", "", "a") "]", "element 1: imr must be a whole number"},
        {"[{\"imr\":3,\"event_type\":4294967296,\"digest\":\"\",\"event\":\"a\",\"event_payload\":\"\"}]",
         "element 1: event_type must be a whole number from 0 to 4294967295"},
    };
    struct evidence evidence;
    struct arena arena;
    struct error error;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_log(rows[i].log, &evidence, &arena, &error), -1);
        assert_contains(error.text, rows[i].reason);
    }
    arena_free(&arena);
}

static void wrong_requests_are_explained(void **state)
{
    static const struct {
        const char *quote, *log, *attestation, *reason;
    } rows[] = {
        {"", "[]", "", "expected a quote with event_log and vm_config, or an attestation"},
        {"00", "", "", "event_log is missing"},
        {"0", "[]", "", "quote must be hex with two digits per byte"},
        {"00zz", "[]", "", "quote must be hex, but character 3 is not a hex digit"},
        {"", "", "0x", "attestation is neither"},
        {"", "", "ff", "attestation is neither"},
        {"", "", "00", "attestation: truncated, or a wrong length, in its version"},
        {"", "", "0100", "attestation is neither"},
        {"", "", "0001", "attestation: version 0 of platform 1 is not supported"},
        {"", "", "000003", "attestation: truncated, or a wrong length, in the quote"},
        {"", "", "0000fe", "attestation: truncated, or a wrong length, in the quote"},
        {"", "", "83a776657273696f6e02", "attestation: version 2 is not supported, only 1"},
        {"", "", "80", "attestation: truncated or malformed at its version"},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct evidence_request request = {
            .quote = span_text(rows[i].quote),
            .event_log = span_text(rows[i].log),
            .attestation = span_text(rows[i].attestation),
        };
        struct error error = {.kind = ERROR_NONE};
        struct evidence evidence;
        assert_int_equal(evidence_read(&request, &arena, &evidence, &error), -1);
        assert_contains(error.text, rows[i].reason);
    }
    arena_free(&arena);
}

static void a_log_has_an_end(void **state)
{
    struct evidence evidence;
    struct arena arena;
    struct error error;
    struct buf log;

    (void)state;
    arena_init(&arena);
    buf_init(&log, SIZE_MAX);
    for (size_t i = 0; i <= EVIDENCE_EVENTS_MAX; i++) {
        buf_append_byte(&log, i == 0 ? '[' : ',');
        buf_append_text(&log, EVENT("3", "", "a"));
    }
    buf_append(&log, "]", 2);
    assert_int_equal(read_log((const char *)log.data, &evidence, &arena, &error), -1);
    assert_contains(error.text, "it has more than ");
    buf_free(&log);
    arena_free(&arena);
}

/* A SCALE attestation with the given runtime events in its event log and in its list. */
static struct span scale_with(const char *const *logged, const char *const *listed, struct arena *arena)
{
    static const uint8_t report_data[QUOTE_REPORT_DATA_BYTES];
    const char *const *lists[] = {logged, listed};
    struct buf out;

    buf_over(&out, arena_alloc(arena, 4096), 4096);
    buf_append(&out, "\0\0", 2);
    scale_write_bytes(&out, "quote", 5);
    for (int list = 0; list < 2; list++) {
        size_t count = 0;
        while (lists[list][count])
            count++;
        scale_write_compact(&out, count);
        for (size_t i = 0; i < count; i++) {
            if (list == 0) {
                scale_write_u32(&out, 3);
                scale_write_u32(&out, EVENT_TYPE_RUNTIME);
                scale_write_bytes(&out, NULL, 0);
            }
            scale_write_bytes(&out, lists[list][i], strlen(lists[list][i]));
            scale_write_bytes(&out, "p", 1);
        }
    }
    buf_append(&out, report_data, sizeof report_data);
    scale_write_bytes(&out, "{}", 2);
    return buf_span(&out);
}

static int read_scale(const char *const *logged, const char *const *listed, struct evidence *evidence,
                      struct arena *arena, struct error *error)
{
    const struct evidence_request request = {.attestation =
                                                 hex_text(scale_with(logged, listed, arena), arena)};

    *error = (struct error){.kind = ERROR_NONE};
    return evidence_read(&request, arena, evidence, error);
}

static void the_two_lists_of_runtime_events_agree(void **state)
{
    const char *const none[] = {NULL}, *const a[] = {"a", NULL}, *const b[] = {"b", NULL};
    const char *const ab[] = {"a", "b", NULL};
    struct evidence evidence;
    struct arena arena;
    struct error error;

    (void)state;
    arena_init(&arena);
    assert_int_equal(read_scale(ab, ab, &evidence, &arena, &error), 0);
    assert_int_equal(evidence.count, 2);
    assert_int_equal(read_scale(none, ab, &evidence, &arena, &error), 0);
    assert_int_equal(evidence.count, 2);
    assert_string_equal(evidence.events[1].name, "b");
    assert_int_equal(read_scale(a, b, &evidence, &arena, &error), -1);
    assert_contains(error.text, "its runtime events differ from those in its event log");
    assert_int_equal(read_scale(a, ab, &evidence, &arena, &error), -1);
    assert_contains(error.text, "its runtime events differ from those in its event log");
    assert_int_equal(read_scale(ab, a, &evidence, &arena, &error), -1);
    assert_contains(error.text, "its event log has more runtime events than its list of runtime events");
    assert_int_equal(read_scale(a, none, &evidence, &arena, &error), -1);
    arena_free(&arena);
}

static void both_forms_say_what_get_quote_says(void **state)
{
    static const uint8_t report_data[REPORT_DATA_BYTES] = {1};
    struct td *td = *state;
    struct arena arena;
    struct span quote, forms[2];

    arena_init(&arena);
    quote = td_quote(td, report_data, &arena);
    forms[0] = attestation_scale_write(view_scale(td->view), quote, report_data, &arena);
    forms[1] = attestation_msgpack_write(view_msgpack(td->view), quote, report_data, &arena);
    for (int i = 0; i < 2; i++) {
        const struct evidence_request request = {.attestation = hex_text(forms[i], &arena)};
        struct error error = {.kind = ERROR_NONE};
        struct evidence evidence;
        assert_int_equal(evidence_read(&request, &arena, &evidence, &error), 0);
        assert_true(span_equal(evidence.quote, quote));
        assert_true(span_is(evidence.vm_config, td->identity.vm_config.plain));
        assert_memory_equal(evidence.report_data, report_data, sizeof report_data);
        assert_int_equal(evidence.count, td->state.log.count);
        for (size_t e = 0; e < evidence.count; e++) {
            assert_string_equal(evidence.events[e].name, td->state.log.events[e].name);
            assert_memory_equal(evidence.events[e].digest, td->state.log.events[e].digest, REGISTER_BYTES);
            assert_int_equal(evidence.events[e].type, td->state.log.events[e].type);
        }
    }
    arena_free(&arena);
}

static void assert_attestation_refused(struct span form, struct arena *arena, const char *sentence)
{
    const struct evidence_request request = {.attestation = hex_text(form, arena)};
    struct error error = {.kind = ERROR_NONE};
    struct evidence evidence;

    assert_int_equal(evidence_read(&request, arena, &evidence, &error), -1);
    assert_string_equal(error.text, sentence);
}

static void what_follows_either_form_is_refused(void **state)
{
    static const uint8_t report_data[REPORT_DATA_BYTES] = {1};
    struct td *td = *state;
    struct span quote, forms[2];
    struct arena arena;

    arena_init(&arena);
    quote = td_quote(td, report_data, &arena);
    forms[0] = attestation_scale_write(view_scale(td->view), quote, report_data, &arena);
    forms[1] = attestation_msgpack_write(view_msgpack(td->view), quote, report_data, &arena);
    for (int i = 0; i < 2; i++) {
        uint8_t *longer = arena_zalloc(&arena, forms[i].len + 1);

        memcpy(longer, forms[i].data, forms[i].len);
        assert_attestation_refused(span_of(longer, forms[i].len + 1), &arena,
                                   "attestation: trailing bytes: 1");
    }
    arena_free(&arena);
}

/* report_data as an array of 63 numbers. */
static void report_data_has_its_length(void **state)
{
    static const uint8_t report_data[REPORT_DATA_BYTES] = {1};
    struct td *td = *state;
    struct arena arena;
    struct span form;
    uint8_t *at, *end;

    arena_init(&arena);
    form = attestation_msgpack_write(view_msgpack(td->view), td_quote(td, report_data, &arena), report_data,
                                     &arena);
    at = (uint8_t *)arena_copy(&arena, form.data, form.len);
    end = at + form.len;
    form.data = at;
    at = memmem(at, form.len, "report_data\xdc\0\x40", 14);
    assert_non_null(at);
    at[13] = 63;
    memmove(at + 14, at + 15, (size_t)(end - at) - 15);
    assert_attestation_refused(span_of(form.data, form.len - 1), &arena,
                               "attestation: report_data must have 64 bytes, but has 63");
    arena_free(&arena);
}

/* The type of the first event as a number of 64 bits. */
static void types_of_events_have_32_bits(void **state)
{
    static const uint8_t report_data[REPORT_DATA_BYTES] = {1};
    static const uint8_t large[] = {0xcf, 0, 0, 0, 1, 0, 0, 0, 0};
    struct td *td = *state;
    struct span form, rest, head;
    struct arena arena;
    uint8_t *longer, *at;

    arena_init(&arena);
    form = attestation_msgpack_write(view_msgpack(td->view), td_quote(td, report_data, &arena), report_data,
                                     &arena);
    at = memmem(form.data, form.len, "event_type", 10);
    assert_non_null(at);
    head = span_of(form.data, (size_t)(at - form.data) + 10);
    assert_int_equal(form.data[head.len], 0xce); /* 32 bits follow */
    rest = span_of(form.data + head.len + 5, form.len - head.len - 5);
    longer = arena_alloc(&arena, form.len + 4);
    memcpy(longer, head.data, head.len);
    memcpy(longer + head.len, large, sizeof large);
    memcpy(longer + head.len + sizeof large, rest.data, rest.len);
    assert_attestation_refused(span_of(longer, form.len + 4), &arena,
                               "attestation: event 1: event_type must be below 2^32");
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_log),
        cmocka_unit_test(wrong_logs_are_explained),
        cmocka_unit_test(wrong_requests_are_explained),
        cmocka_unit_test(the_two_lists_of_runtime_events_agree),
        cmocka_unit_test(a_log_has_an_end),
        cmocka_unit_test_setup_teardown(both_forms_say_what_get_quote_says, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(what_follows_either_form_is_refused, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(report_data_has_its_length, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(types_of_events_have_32_bits, td_setup, td_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
