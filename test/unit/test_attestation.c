/* Attestations, read back: SCALE with the small reader below, MessagePack with
 * msgpack-c. */
#include "sim/tdx/attestation_scale.h"

#include <msgpack.h>

#include "crypto/bytes.h"
#include "sim/td/view.h"
#include "test/unit/td_fixture.h"

static const uint8_t report_data[QUOTE_REPORT_DATA_BYTES] = {0x12, 0x34, [63] = 0xff};

struct fixture {
    struct td *td;
    struct arena arena;
    struct span quote;
};

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct error error = {.kind = ERROR_NONE};
    void *td;

    td_setup(&td);
    f->td = td;
    arena_init(&f->arena);
    assert_int_equal(td_emit_event(td, "mine", span_of("\x00\xff", 2), &error), 0);
    f->quote = td_quote(td, report_data, &f->arena);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    td_fixture_free(f->td);
    free(f);
    return 0;
}

/* --- SCALE --- */

static struct span take(struct span *rest, size_t len)
{
    struct span taken = {rest->data, len};

    assert_in_range(len, 0, rest->len);
    *rest = span_of(rest->data + len, rest->len - len);
    return taken;
}

static size_t take_compact(struct span *rest)
{
    size_t width, value = 0;
    struct span bytes;

    assert_in_range(rest->len, 1, SIZE_MAX);
    width = (size_t)1 << (rest->data[0] & 3);
    assert_in_range(width, 1, 4);
    bytes = take(rest, width);
    for (size_t i = width; i-- > 0;)
        value = value << 8 | bytes.data[i];
    return value >> 2;
}

static struct span take_bytes(struct span *rest)
{
    return take(rest, take_compact(rest));
}

static bool kept(const struct event *event, bool cut)
{
    return !cut || event->imr == 3 || strncmp(event->name, "acpi-", 5) == 0;
}

static void take_events(struct span *rest, const struct event_log *log, bool cut)
{
    size_t count = take_compact(rest), taken = 0;

    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        struct span digest;

        if (!kept(event, cut))
            continue;
        taken++;
        assert_int_equal(bytes_get_le32(take(rest, 4).data), event->imr);
        assert_int_equal(bytes_get_le32(take(rest, 4).data), event->type);
        digest = take_bytes(rest);
        if (cut && event->imr == 3)
            assert_int_equal(digest.len, 0);
        else
            assert_true(span_equal(digest, span_of(event->digest, REGISTER_BYTES)));
        assert_true(span_is(take_bytes(rest), event->name));
        assert_true(span_equal(take_bytes(rest), span_of(event->payload, event->payload_len)));
    }
    assert_int_equal(count, taken);
    assert_int_equal(count, cut ? 3 + 9 + 1 : 20 + 9 + 1);
}

static void take_runtime_events(struct span *rest, const struct event_log *log)
{
    assert_int_equal(take_compact(rest), 9 + 1);
    for (size_t i = 20; i < log->count; i++) {
        const struct event *event = &log->events[i];

        assert_int_equal(event->imr, 3);
        assert_true(span_is(take_bytes(rest), event->name));
        assert_true(span_equal(take_bytes(rest), span_of(event->payload, event->payload_len)));
    }
}

static void assert_scale(const struct fixture *f, struct span rest, bool cut)
{
    assert_memory_equal(take(&rest, 2).data, "\0\0", 2);
    assert_true(span_equal(take_bytes(&rest), f->quote));
    take_events(&rest, &f->td->state.log, cut);
    take_runtime_events(&rest, &f->td->state.log);
    assert_memory_equal(take(&rest, 64).data, report_data, 64);
    assert_true(span_equal(take_bytes(&rest),
                           span_of(f->td->identity.vm_config.plain, f->td->identity.vm_config.len)));
    assert_int_equal(rest.len, 0);
}

static void scale_holds_the_whole_log(void **state)
{
    struct fixture *f = *state;
    struct span quote;

    assert_scale(f, attestation_scale_write(view_scale(f->td->view), f->quote, report_data, &f->arena),
                 false);
    assert_scale(f, td_attestation(f->td, TD_ATTESTATION_WHOLE, report_data, &f->arena, NULL), false);
    assert_scale(f, td_attestation(f->td, TD_ATTESTATION_WHOLE, report_data, &f->arena, &quote), false);
    assert_true(span_equal(quote, f->quote));
}

static void scale_for_certificates_is_cut(void **state)
{
    struct fixture *f = *state;

    assert_scale(f, attestation_scale_write_cut(view_scale(f->td->view), f->quote, report_data, &f->arena),
                 true);
    assert_scale(f, td_attestation(f->td, TD_ATTESTATION_CUT, report_data, &f->arena, NULL), true);
}

/* --- MessagePack --- */

/* The value of a map's member, whose place is fixed. */
static const msgpack_object *member(const msgpack_object *map, uint32_t index, const char *name)
{
    assert_int_equal(map->type, MSGPACK_OBJECT_MAP);
    assert_in_range(index, 0, map->via.map.size - 1);
    assert_int_equal(map->via.map.ptr[index].key.type, MSGPACK_OBJECT_STR);
    assert_true(span_is(
        span_of(map->via.map.ptr[index].key.via.str.ptr, map->via.map.ptr[index].key.via.str.size), name));
    return &map->via.map.ptr[index].val;
}

static void assert_str(const msgpack_object *object, const char *text)
{
    assert_int_equal(object->type, MSGPACK_OBJECT_STR);
    assert_true(span_is(span_of(object->via.str.ptr, object->via.str.size), text));
}

static void assert_bin(const msgpack_object *object, const void *data, size_t len)
{
    assert_int_equal(object->type, MSGPACK_OBJECT_BIN);
    assert_true(span_equal(span_of(object->via.bin.ptr, object->via.bin.size), span_of(data, len)));
}

static void assert_number(const msgpack_object *object, uint64_t value)
{
    assert_int_equal(object->type, MSGPACK_OBJECT_POSITIVE_INTEGER);
    assert_true(object->via.u64 == value);
}

static void assert_integers(const msgpack_object *object, struct span bytes)
{
    assert_int_equal(object->type, MSGPACK_OBJECT_ARRAY);
    assert_int_equal(object->via.array.size, bytes.len);
    for (size_t i = 0; i < bytes.len; i++)
        assert_number(&object->via.array.ptr[i], bytes.data[i]);
}

static void assert_events(const msgpack_object *list, const struct event_log *log)
{
    assert_int_equal(list->type, MSGPACK_OBJECT_ARRAY);
    assert_int_equal(list->via.array.size, log->count);
    for (size_t i = 0; i < log->count; i++) {
        const msgpack_object *event = &list->via.array.ptr[i];

        assert_int_equal(event->via.map.size, 5);
        assert_number(member(event, 0, "imr"), log->events[i].imr);
        assert_number(member(event, 1, "event_type"), log->events[i].type);
        assert_bin(member(event, 2, "digest"), log->events[i].digest, REGISTER_BYTES);
        assert_str(member(event, 3, "event"), log->events[i].name);
        assert_bin(member(event, 4, "event_payload"), log->events[i].payload, log->events[i].payload_len);
    }
}

static void assert_runtime_events(const msgpack_object *list, const struct event_log *log)
{
    assert_int_equal(list->type, MSGPACK_OBJECT_ARRAY);
    assert_int_equal(list->via.array.size, 9 + 1);
    for (size_t i = 0; i < 10; i++) {
        const struct event *event = &log->events[20 + i];

        assert_int_equal(list->via.array.ptr[i].via.map.size, 2);
        assert_str(member(&list->via.array.ptr[i], 0, "event"), event->name);
        assert_bin(member(&list->via.array.ptr[i], 1, "payload"), event->payload, event->payload_len);
    }
}

static void assert_message(const struct fixture *f, const msgpack_object *root)
{
    const msgpack_object *platform = member(root, 1, "platform"), *stack = member(root, 2, "stack");
    const msgpack_object *tdx = member(platform, 1, "data"), *dstack = member(stack, 1, "data");

    assert_int_equal(root->via.map.size, 3);
    assert_number(member(root, 0, "version"), 1);
    assert_int_equal(platform->via.map.size, 2);
    assert_str(member(platform, 0, "kind"), "tdx");
    assert_int_equal(tdx->via.map.size, 2);
    assert_integers(member(tdx, 0, "quote"), f->quote);
    assert_events(member(tdx, 1, "event_log"), &f->td->state.log);
    assert_int_equal(stack->via.map.size, 2);
    assert_str(member(stack, 0, "kind"), "dstack");
    assert_int_equal(dstack->via.map.size, 3);
    assert_integers(member(dstack, 0, "report_data"), span_of(report_data, 64));
    assert_runtime_events(member(dstack, 1, "runtime_events"), &f->td->state.log);
    assert_str(member(dstack, 2, "config"), f->td->identity.vm_config.plain);
}

/* Everything in its shortest form, as msgpack-c writes it. */
static void assert_packs_again(const msgpack_object *root, struct span bytes)
{
    msgpack_sbuffer again;
    msgpack_packer packer;

    msgpack_sbuffer_init(&again);
    msgpack_packer_init(&packer, &again, msgpack_sbuffer_write);
    assert_int_equal(msgpack_pack_object(&packer, *root), 0);
    assert_true(span_equal(span_of(again.data, again.size), bytes));
    msgpack_sbuffer_destroy(&again);
}

static void msgpack_holds_the_whole_log(void **state)
{
    struct fixture *f = *state;
    struct span bytes =
        attestation_msgpack_write(view_msgpack(f->td->view), f->quote, report_data, &f->arena);
    msgpack_unpacked result;
    size_t offset = 0;

    msgpack_unpacked_init(&result);
    assert_int_equal(msgpack_unpack_next(&result, (const char *)bytes.data, bytes.len, &offset),
                     MSGPACK_UNPACK_SUCCESS);
    assert_int_equal(offset, bytes.len);
    assert_message(f, &result.data);
    assert_packs_again(&result.data, bytes);
    assert_true(
        span_equal(td_attestation(f->td, TD_ATTESTATION_MSGPACK, report_data, &f->arena, NULL), bytes));
    msgpack_unpacked_destroy(&result);
}

/* A certificate's, read back: the test of the encoding is in test_attestation_msgpack.c. */
static void assert_cut(const struct td *td, struct span bytes, struct arena *arena)
{
    static const uint8_t left_out[REGISTER_BYTES];
    struct evidence evidence = {.count = 0};
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(attestation_msgpack_read(&evidence, bytes, arena, &error), 0);
    assert_int_equal(evidence.count, 3 + td->state.log.count - 20);
    for (size_t i = 0; i < evidence.count; i++) {
        const struct event *event = &evidence.events[i];

        assert_true(event_is_kept_in_cut(event));
        assert_int_equal(memcmp(event->digest, left_out, sizeof left_out) == 0, event_is_runtime(event));
        assert_int_equal(event->preimage.len > 0, event_is_runtime(event));
    }
}

static void a_log_of_version_2_is_in_messagepack_everywhere(void **state)
{
    struct td *td = td_fixture_0_6("{\"event_log_version\":2}");
    struct span whole, cut, in_quote;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    in_quote = td_attestation(td, TD_ATTESTATION_MSGPACK, report_data, &arena, NULL);
    whole = td_attestation(td, TD_ATTESTATION_WHOLE, report_data, &arena, NULL);
    cut = td_attestation(td, TD_ATTESTATION_CUT, report_data, &arena, NULL);
    assert_true(span_equal(whole, in_quote));
    assert_true(attestation_msgpack_begins(cut));
    assert_in_range(cut.len, 0, whole.len - 1);
    assert_cut(td, cut, &arena);
    arena_free(&arena);
    td_fixture_free(td);
}

static void a_new_event_is_in_the_next_attestation(void **state)
{
    struct fixture *f = *state;
    struct error error = {.kind = ERROR_NONE};
    struct span before = td_attestation(f->td, TD_ATTESTATION_WHOLE, report_data, &f->arena, NULL), after;

    assert_int_equal(td_emit_event(f->td, "needle-in-the-log", SPAN_NONE, &error), 0);
    after = td_attestation(f->td, TD_ATTESTATION_WHOLE, report_data, &f->arena, NULL);
    assert_null(memmem(before.data, before.len, "needle-in-the-log", 17));
    assert_non_null(memmem(after.data, after.len, "needle-in-the-log", 17));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(scale_holds_the_whole_log, start, finish),
        cmocka_unit_test_setup_teardown(scale_for_certificates_is_cut, start, finish),
        cmocka_unit_test_setup_teardown(msgpack_holds_the_whole_log, start, finish),
        cmocka_unit_test(a_log_of_version_2_is_in_messagepack_everywhere),
        cmocka_unit_test_setup_teardown(a_new_event_is_in_the_next_attestation, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
