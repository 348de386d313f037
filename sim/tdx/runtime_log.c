#include "sim/tdx/runtime_log.h"

#include "sim/base/json_text.h"
#include "sim/format/json_base64.h"
#include "sim/format/json_file.h"

void runtime_log_write(const struct event_log *log, struct buf *out)
{
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];

        if (!event_is_runtime(event) || event->is_unlogged)
            continue;
        json_text_member(out, '{', "event", event->name);
        json_base64_member(out, ',', "payload", span_of(event->payload, event->payload_len));
        if (event->version == EVENT_VERSION_2)
            json_text_member_uint(out, ',', "version", event->version);
        buf_append_text(out, "}\n");
    }
}

static int read_version(const json_t *object, enum event_version *version, struct error *error)
{
    uint64_t number = EVENT_VERSION_1;

    if (json_object_get(object, "version") &&
        json_file_uint(object, "version", EVENT_VERSION_2, &number, error))
        return -1;
    if (number != EVENT_VERSION_1 && number != EVENT_VERSION_2)
        return error_input(error, "version must be 1 or 2");
    *version = (enum event_version)number;
    return 0;
}

static int read_members(const json_t *object, struct arena *arena, struct event_log_line *line,
                        struct error *error)
{
    const char *name;

    if (json_file_string(object, "event", &name, error) ||
        json_base64_read(object, "payload", arena, &line->payload, error) ||
        read_version(object, &line->version, error))
        return -1;
    line->name = arena_copy(arena, name, strlen(name));
    return 0;
}

int runtime_log_read(struct span text, struct arena *arena, struct event_log_line *line, struct error *error)
{
    json_t *object;
    int result;

    if (text.len > RUNTIME_LOG_LINE_BYTES_MAX)
        return error_input(error, "a line has at most %zu bytes; this one has %zu",
                           RUNTIME_LOG_LINE_BYTES_MAX, text.len);
    object = json_file_parse(text, error);
    result = object ? read_members(object, arena, line, error) : -1;
    json_decref(object);
    return result;
}
