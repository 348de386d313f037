#include "sim/tdx/event_log_json.h"

#include "sim/base/json_text.h"
#include "sim/format/json_file.h"

static int read_hex(const json_t *object, const char *name, struct arena *arena, struct span *bytes,
                    struct error *error)
{
    const char *text;
    uint8_t *out;
    size_t most, len;

    if (json_file_string(object, name, &text, error))
        return -1;
    most = strlen(text) / 2;
    out = arena_alloc(arena, most + 1);
    if (json_file_hex_upto(object, name, out, most, &len, error))
        return -1;
    *bytes = span_of(out, len);
    return 0;
}

static void write_event(struct buf *out, const struct event *event)
{
    json_text_member_uint(out, '{', "imr", event->imr);
    json_text_member_uint(out, ',', "event_type", event->type);
    json_text_member_hex(out, ',', "digest", event->digest, REGISTER_BYTES);
    json_text_member(out, ',', "event", event->name);
    json_text_member_hex(out, ',', "event_payload", event->payload, event->payload_len);
    if (event->version == EVENT_VERSION_2) {
        json_text_member_uint(out, ',', "version", event->version);
        json_text_member_hex(out, ',', "preimage", event->preimage.data, event->preimage.len);
    }
    buf_append_byte(out, '}');
}

static int read_version(const json_t *object, struct arena *arena, struct evidence_event *event,
                        struct error *error)
{
    if (json_object_get(object, "version") && json_file_uint(object, "version", 2, &event->version, error))
        return -1;
    return json_object_get(object, "preimage") ? read_hex(object, "preimage", arena, &event->preimage, error)
                                               : 0;
}

static int read_event(struct evidence *evidence, const json_t *object, struct arena *arena,
                      struct error *error)
{
    struct evidence_event event = {.version = EVENT_VERSION_1};
    const char *name;

    if (!json_is_object(object))
        return error_input(error, "must be an object");
    if (json_file_uint(object, "imr", UINT32_MAX, &event.imr, error) ||
        json_file_uint(object, "event_type", UINT32_MAX, &event.type, error) ||
        read_hex(object, "digest", arena, &event.digest, error) ||
        json_file_string(object, "event", &name, error) ||
        read_hex(object, "event_payload", arena, &event.payload, error) ||
        read_version(object, arena, &event, error))
        return -1;
    event.name = span_text(name);
    return evidence_add_event(evidence, &event, arena, error);
}

void event_log_json_write_rest(struct buf *out, const struct event_log *log, size_t count)
{
    for (size_t i = count; i < log->count; i++) {
        if (log->events[i].is_unlogged) /* which the first, of the firmware, never is */
            continue;
        if (i > 0)
            buf_append_byte(out, ',');
        write_event(out, &log->events[i]);
    }
    buf_append_byte(out, ']');
}

struct reading {
    struct evidence *evidence;
    struct arena *arena;
    struct error error;
    size_t count;
};

/* One event after the other: a log may have megabytes, which would all be in jansson's values otherwise. */
static bool take_event(void *taker, const json_t *object)
{
    struct reading *reading = taker;

    reading->count++;
    if (read_event(reading->evidence, object, reading->arena, &reading->error) == 0)
        return true;
    error_context(&reading->error, "element %zu", reading->count);
    return false;
}

int event_log_json_read(struct evidence *evidence, struct span text, struct arena *arena, struct error *error)
{
    static const char *const members[] = {"imr",           "event_type", "digest",   "event",
                                          "event_payload", "version",    "preimage", NULL};
    struct reading reading = {.evidence = evidence, .arena = arena};

    if (json_file_each(text, members, take_event, &reading, error))
        return -1;
    if (reading.error.kind == ERROR_NONE)
        return 0;
    *error = reading.error;
    return -1;
}
