/* What responses show of a TD, read back with jansson. */
#include "sim/td/view.h"

#include <jansson.h>

#include "crypto/hash.h"
#include "sim/td/td_cert.h"
#include "test/unit/td_fixture.h"

static json_t *parsed(const struct text *text)
{
    json_t *root = json_loadb(text->plain, text->len, JSON_DECODE_ANY, NULL);

    assert_non_null(root);
    return root;
}

/* A text's JSON form reads back as its plain one. */
static void assert_both_forms(const struct text *text)
{
    json_t *string = json_loadb(text->json, text->json_len, JSON_DECODE_ANY, NULL);

    assert_true(json_is_string(string));
    assert_int_equal(strlen(text->plain), text->len);
    assert_string_equal(json_string_value(string), text->plain);
    for (size_t i = 0; i < text->json_len; i++)
        assert_in_range(text->json[i], 0x20, 0x7e);
    json_decref(string);
}

static void assert_hex_member(const json_t *object, const char *name, const void *data, size_t len)
{
    const char *hex = json_string_value(json_object_get(object, name));

    if (!hex)
        fail_msg("%s is missing", name);
    assert_hex_equal(data, len, hex);
}

static void assert_event(const json_t *object, const struct event *event)
{
    assert_int_equal(json_object_size(object), 5);
    assert_true(json_integer_value(json_object_get(object, "imr")) == event->imr);
    assert_true(json_integer_value(json_object_get(object, "event_type")) == event->type);
    assert_hex_member(object, "digest", event->digest, REGISTER_BYTES);
    assert_string_equal(json_string_value(json_object_get(object, "event")), event->name);
    assert_hex_member(object, "event_payload", event->payload, event->payload_len);
}

static void assert_event_log(const json_t *array, const struct event_log *log)
{
    assert_int_equal(json_array_size(array), log->count);
    for (size_t i = 0; i < log->count; i++)
        assert_event(json_array_get(array, i), &log->events[i]);
}

static void the_event_log_is_all_events(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    json_t *root;

    assert_int_equal(td_emit_event(td, "q\"\xc3\xa4\n\x7f", span_of("\x00\xff", 2), &error), 0);
    root = parsed(td_event_log(td));
    assert_event_log(root, &td->state.log);
    assert_both_forms(td_event_log(td));
    json_decref(root);
}

static void events_have_their_members_in_order(void **state)
{
    static const char first[] =
        "[{\"imr\":0,\"event_type\":2147483659,\"digest\":\"81bfeb32b8138cea1a8144dda787eff6093c4c5d"
        "8b548bfc6ab55c4282171990873491b647c1159cc6e2f1f83b75d0ff\",\"event\":\"\",\"event_payload\":\"\"},"
        "{\"imr\":0,";

    assert_memory_equal(td_event_log(*state)->plain, first, sizeof first - 1);
}

static void tcb_info_is_the_registers_and_what_they_follow_from(void **state)
{
    struct td *td = *state;
    const struct text *tcb_info = td_tcb_info(td);
    json_t *root = parsed(tcb_info);
    uint8_t aggregated[32];

    registers_aggregate(&td->state.registers, aggregated);
    assert_int_equal(json_object_size(root), 11);
    assert_hex_member(root, "mrtd", td->state.registers.mrtd, REGISTER_BYTES);
    assert_hex_member(root, "rtmr0", td->state.registers.rtmr[0], REGISTER_BYTES);
    assert_hex_member(root, "rtmr1", td->state.registers.rtmr[1], REGISTER_BYTES);
    assert_hex_member(root, "rtmr2", td->state.registers.rtmr[2], REGISTER_BYTES);
    assert_hex_member(root, "rtmr3", td->state.registers.rtmr[3], REGISTER_BYTES);
    assert_hex_member(root, "mr_aggregated", aggregated, 32);
    assert_hex_member(root, "os_image_hash", td->identity.os_image_hash, 32);
    assert_hex_member(root, "compose_hash", td->app.compose_hash, 32);
    assert_hex_member(root, "device_id", td->shared->platform->device_id, 32);
    assert_event_log(json_object_get(root, "event_log"), &td->state.log);
    assert_string_equal(json_string_value(json_object_get(root, "app_compose")), td->app.compose);
    assert_both_forms(tcb_info);
    json_decref(root);
}

static void the_measurements_of_all_and_of_the_system(void **state)
{
    struct td *td = *state;
    const struct text *info = &td->identity.key_provider_info;
    uint8_t expected[32], provider[32], system_before[32], aggregated[32], system[32];
    static const uint8_t no_owner[2 * 48];
    struct bytes parts[] = {
        {td->state.registers.mrtd, 48},    {td->state.registers.rtmr[0], 48},
        {td->state.registers.rtmr[1], 48}, {td->state.registers.rtmr[2], 48},
        {td->state.registers.rtmr[3], 48}, {td->state.registers.config_id, 48},
        {no_owner, sizeof no_owner},
    };
    struct error error = {.kind = ERROR_NONE};

    hash_parts(HASH_SHA256, parts, 7, expected);
    registers_aggregate(&td->state.registers, aggregated);
    assert_memory_equal(aggregated, expected, 32);
    hash_sha256(info->plain, info->len, provider);
    parts[4] = (struct bytes){provider, 32};
    hash_parts(HASH_SHA256, parts, 5, system_before);
    registers_system(&td->state.registers, span_of(info->plain, info->len), system);
    assert_memory_equal(system, system_before, 32);
    assert_int_equal(td_emit_event(td, "e", SPAN_NONE, &error), 0);
    registers_aggregate(&td->state.registers, aggregated);
    assert_memory_not_equal(aggregated, expected, 32);
    registers_system(&td->state.registers, span_of(info->plain, info->len), system);
    assert_memory_equal(system, system_before, 32);
}

static void the_view_is_rendered_when_the_log_changes(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    const char *plain = td_tcb_info(td)->plain;
    const struct text *app_cert;

    assert_ptr_equal(td_tcb_info(td)->plain, plain);
    assert_null(strstr(plain, "\"event\":\"later\""));
    assert_int_equal(td_emit_event(td, "later", SPAN_NONE, &error), 0);
    assert_non_null(strstr(td_tcb_info(td)->plain, "\"event\":\"later\""));
    assert_non_null(strstr(td_event_log(td)->plain, "\"event\":\"later\""));
    app_cert = td_cert_own(td, &error);
    assert_non_null(app_cert);
    assert_both_forms(app_cert);
}

/* --- what has grown is what would be rendered afresh --- */

static const uint8_t some_report_data[REPORT_DATA_BYTES] = {0x31, 0x41};

static void assert_text_equal(const struct text *got, const struct text *expected)
{
    assert_int_equal(got->len, expected->len);
    assert_memory_equal(got->plain, expected->plain, expected->len + 1);
    assert_int_equal(got->json_len, expected->json_len);
    assert_memory_equal(got->json, expected->json, expected->json_len + 1);
}

static void assert_attestation_equal(struct view *grown, struct view *afresh, enum td_attestation_form form)
{
    const struct span quote = span_text("a quote");
    struct span got, expected;
    struct arena arena;

    arena_init(&arena);
    got = view_attestation(grown, form, quote, some_report_data, &arena);
    expected = view_attestation(afresh, form, quote, some_report_data, &arena);
    assert_true(span_equal(got, expected));
    arena_free(&arena);
}

/* Looks at one form, so that each has its own share of the log already. */
static void assert_grown(struct view *grown, unsigned form)
{
    struct view afresh;

    view_init(&afresh, &grown->subject);
    if (form == 0)
        assert_text_equal(view_event_log(grown), view_event_log(&afresh));
    else if (form == 1)
        assert_text_equal(view_tcb_info(grown), view_tcb_info(&afresh));
    else
        assert_attestation_equal(grown, &afresh, (enum td_attestation_form)(form - 2));
    view_free(&afresh);
}

enum { FORMS = 5, SEQUENCES = 40, STEPS = 60 };

static unsigned drawn(uint32_t *random, unsigned below)
{
    *random = *random * 1664525u + 1013904223u;
    return (*random >> 8) % below;
}

static const char *const names[] = {"a", "q\"\\", "m\xc3\xa4rz", "\xf0\x9f\x98\x80", "line\n", "\x7f"};

static void emit_drawn(struct td *td, uint32_t *random)
{
    static const uint8_t payload[300] = {0xff, 0, 0x22};
    struct error error = {.kind = ERROR_NONE};
    const char *name = names[drawn(random, sizeof names / sizeof *names)];

    assert_int_equal(td_emit_event(td, name, span_of(payload, drawn(random, sizeof payload)), &error), 0);
}

static void revert_drawn(struct td *td, uint32_t *random)
{
    struct error error = {.kind = ERROR_NONE};

    if (td->snapshot_count)
        assert_int_equal(td_revert(td, td->snapshots[drawn(random, (unsigned)td->snapshot_count)].id, &error),
                         0);
}

static void take_a_step(struct td *td, uint32_t *random)
{
    struct error error = {.kind = ERROR_NONE};
    unsigned what = drawn(random, 24);
    uint32_t id;

    if (what < 12)
        emit_drawn(td, random);
    else if (what == 12)
        assert_int_equal(td_take_snapshot(td, &id, &error), 0);
    else if (what < 15)
        revert_drawn(td, random);
    else if (what == 15)
        td_reset(td);
    else if (what == 16)
        td_set_debug(td, !td->state.is_debug);
    else if (what == 17)
        td_follow_scenario(td);
    else
        assert_grown(td->view, drawn(random, FORMS));
}

static void what_grew_is_what_would_be_rendered_afresh(void **state)
{
    struct td *td = *state;
    uint32_t random = 1;

    for (int i = 0; i < SEQUENCES; i++) {
        for (int step = 0; step < STEPS; step++)
            take_a_step(td, &random);
        for (unsigned form = 0; form < FORMS; form++)
            assert_grown(td->view, form);
        td_reset(td);
    }
}

/* No app of dstack 0.6 can append to such a log, but the view does not know that. */
static void logs_of_version_2_grow_too(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct registers registers = td->state.registers;
    struct event_log log;
    struct view view;

    event_log_init(&log);
    log.version = EVENT_VERSION_2;
    view_init(&view, &(struct view_subject){&td->identity, &registers, &log, &td->app});
    for (unsigned i = 0; i < 40; i++) {
        assert_int_equal(event_log_emit(&log, &registers, names[i % 6], span_of(names, i), &error), 0);
        view_forget_whole(&view);
        assert_grown(&view, i % FORMS);
    }
    for (unsigned form = 0; form < FORMS; form++)
        assert_grown(&view, form);
    view_free(&view);
    event_log_free(&log);
}

/* The TD's own certificate contains a quote, which says all of it. */
static void the_own_certificate_follows_every_change(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    char *before = strdup(td_cert_own(td, &error)->plain);
    uint32_t id;

    assert_int_equal(td_take_snapshot(td, &id, &error), 0);
    td_set_debug(td, true);
    assert_string_not_equal(td_cert_own(td, &error)->plain, before);
    td_set_debug(td, false);
    assert_string_equal(td_cert_own(td, &error)->plain, before);
    assert_int_equal(td_emit_event(td, "later", SPAN_NONE, &error), 0);
    assert_string_not_equal(td_cert_own(td, &error)->plain, before);
    assert_int_equal(td_revert(td, id, &error), 0);
    assert_string_equal(td_cert_own(td, &error)->plain, before);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_event_log_is_all_events, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(events_have_their_members_in_order, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(tcb_info_is_the_registers_and_what_they_follow_from, td_setup,
                                        td_teardown),
        cmocka_unit_test_setup_teardown(the_measurements_of_all_and_of_the_system, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_view_is_rendered_when_the_log_changes, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(what_grew_is_what_would_be_rendered_afresh, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(logs_of_version_2_grow_too, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_own_certificate_follows_every_change, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
