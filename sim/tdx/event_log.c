#include "sim/tdx/event_log.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/base/memory.h"

void event_log_init(struct event_log *log)
{
    *log = (struct event_log){.version = EVENT_VERSION_1};
}

void event_log_free(struct event_log *log)
{
    free(log->events);
    arena_free(&log->texts);
    event_log_init(log);
}

static void append(struct event_log *log, const struct event *event)
{
    struct event *added;
    size_t name_len = strlen(event->name);

    if (log->count == log->capacity) {
        log->capacity = log->capacity ? 2 * log->capacity : 64;
        log->events = memory_grow(log->events, log->capacity * sizeof *log->events);
    }
    added = &log->events[log->count++];
    *added = *event;
    added->name = arena_copy(&log->texts, event->name, name_len);
    added->payload = (const uint8_t *)arena_copy(&log->texts, event->payload, event->payload_len);
    if (event->preimage.len)
        added->preimage.data =
            (const uint8_t *)arena_copy(&log->texts, event->preimage.data, event->preimage.len);
    log->bytes += name_len + event->payload_len;
}

void event_log_copy(struct event_log *log, const struct event_log *other)
{
    event_log_free(log);
    log->version = other->version;
    for (size_t i = 0; i < other->count; i++)
        append(log, &other->events[i]);
}

size_t event_log_count(const struct event_log *log, bool (*is_counted)(const struct event *))
{
    size_t count = 0;

    for (size_t i = 0; i < log->count; i++)
        count += is_counted(&log->events[i]);
    return count;
}

void event_log_measure(struct event_log *log, struct registers *registers, const struct event *event)
{
    append(log, event);
    registers_extend(registers, event->imr, event->digest);
}

static int check_limits(const struct event_log *log, const char *name, struct span payload,
                        struct error *error)
{
    size_t name_len = strlen(name);

    if (name_len == 0)
        return error_input(error, "event must be a name; it is empty");
    if (name_len > EVENT_NAME_BYTES_MAX)
        return error_input(error, "event has %zu bytes; at most %d are allowed", name_len,
                           EVENT_NAME_BYTES_MAX);
    if (payload.len > EVENT_PAYLOAD_BYTES_MAX)
        return error_input(error, "payload has %zu bytes; at most %d are allowed", payload.len,
                           EVENT_PAYLOAD_BYTES_MAX);
    if (log->count >= EVENT_LOG_EVENTS_MAX)
        return error_input(
            error, "the event log is full: it holds at most %d events; reset or restart the simulator",
            EVENT_LOG_EVENTS_MAX);
    if (log->bytes + name_len + payload.len > EVENT_LOG_BYTES_MAX)
        return error_input(
            error,
            "the event log is full: it holds at most %d bytes of names and payloads; reset or restart "
            "the simulator",
            EVENT_LOG_BYTES_MAX);
    return 0;
}

int event_log_emit(struct event_log *log, struct registers *registers, const char *name, struct span payload,
                   struct error *error)
{
    struct event event = {
        .imr = EVENT_RUNTIME_IMR,
        .type = EVENT_TYPE_RUNTIME,
        .name = name,
        .payload = payload.data,
        .payload_len = payload.len,
        .version = log->version,
    };
    struct buf preimage;

    if (check_limits(log, name, payload, error))
        return -1;
    buf_init(&preimage, SIZE_MAX);
    event_preimage(&event, &preimage);
    hash_sha384(preimage.data, preimage.len, event.digest);
    if (event.version == EVENT_VERSION_2)
        event.preimage = buf_span(&preimage);
    event_log_measure(log, registers, &event);
    buf_free(&preimage);
    return 0;
}
