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

/* Makes the texts of an event of the log its own. */
static void keep(struct event_log *log, struct event *event)
{
    size_t name_len = strlen(event->name);

    event->name = arena_copy(&log->texts, event->name, name_len);
    event->payload = (const uint8_t *)arena_copy(&log->texts, event->payload, event->payload_len);
    if (event->preimage.len)
        event->preimage.data =
            (const uint8_t *)arena_copy(&log->texts, event->preimage.data, event->preimage.len);
    log->bytes += name_len + event->payload_len;
}

static void append(struct event_log *log, const struct event *event)
{
    if (log->count == log->capacity) {
        log->capacity = log->capacity ? 2 * log->capacity : 64;
        log->events = memory_grow(log->events, log->capacity * sizeof *log->events);
    }
    log->events[log->count] = *event;
    keep(log, &log->events[log->count++]);
}

void event_log_copy(struct event_log *log, const struct event_log *other)
{
    event_log_free(log);
    log->version = other->version;
    for (size_t i = 0; i < other->count; i++)
        append(log, &other->events[i]);
}

void event_log_measure(struct event_log *log, struct registers *registers, const struct event *event)
{
    append(log, event);
    registers_extend(registers, event->imr, event->digest);
}

static int check_count(const struct event_log *log, struct error *error)
{
    if (log->count < EVENT_LOG_EVENTS_MAX)
        return 0;
    return error_input(error,
                       "the event log is full: it holds at most %d events; reset or restart the simulator",
                       EVENT_LOG_EVENTS_MAX);
}

static int check_size(const struct event_log *log, const char *name, struct span payload, struct error *error)
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
    if (log->bytes + name_len + payload.len > EVENT_LOG_BYTES_MAX)
        return error_input(
            error,
            "the event log is full: it holds at most %d bytes of names and payloads; reset or restart "
            "the simulator",
            EVENT_LOG_BYTES_MAX);
    return 0;
}

/* The event with its digest. preimage: what that is made from. */
static struct event runtime_event(const struct event_log_line *line, struct buf *preimage)
{
    struct event event = {
        .imr = EVENT_RUNTIME_IMR,
        .type = EVENT_TYPE_RUNTIME,
        .name = line->name,
        .payload = line->payload.data,
        .payload_len = line->payload.len,
        .version = line->version,
    };

    event_preimage(&event, preimage);
    hash_sha384(preimage->data, preimage->len, event.digest);
    if (event.version == EVENT_VERSION_2)
        event.preimage = buf_span(preimage);
    return event;
}

int event_log_emit(struct event_log *log, struct registers *registers, const char *name, struct span payload,
                   struct error *error)
{
    const struct event_log_line line = {name, payload, log->version};
    struct buf preimage;
    struct event event;

    if (check_size(log, name, payload, error) || check_count(log, error))
        return -1;
    buf_init(&preimage, SIZE_MAX);
    event = runtime_event(&line, &preimage);
    event_log_measure(log, registers, &event);
    buf_free(&preimage);
    return 0;
}

/* --- what a program measures by itself --- */

int event_log_extend(struct event_log *log, struct registers *registers, unsigned imr,
                     const uint8_t digest[static REGISTER_BYTES], struct error *error)
{
    struct event event = {.imr = imr, .name = "", .version = EVENT_VERSION_1, .is_unlogged = true};

    if (imr < REGISTERS_FIRST_OPEN || imr >= RTMR_COUNT)
        return error_input(error, "RTMR%u cannot be extended: RTMR2 and RTMR3 can", imr);
    if (check_count(log, error))
        return -1;
    memcpy(event.digest, digest, sizeof event.digest);
    event_log_measure(log, registers, &event);
    return 0;
}

static struct event *find_unlogged(const struct event_log *log, const uint8_t *digest)
{
    for (size_t i = 0; i < log->count; i++) {
        struct event *event = &log->events[i];

        if (event->is_unlogged && event_is_runtime(event) &&
            memcmp(event->digest, digest, sizeof event->digest) == 0)
            return event;
    }
    return NULL;
}

static int replace_unlogged(struct event_log *log, const struct event *told, struct error *error)
{
    struct event *event = find_unlogged(log, told->digest);

    if (!event)
        return error_input(error, "RTMR3 was not extended by the digest of this event");
    *event = *told;
    keep(log, event);
    return 0;
}

int event_log_tell(struct event_log *log, const struct event_log_line *line, struct error *error)
{
    struct buf preimage;
    struct event event;
    int result;

    if (check_size(log, line->name, line->payload, error))
        return -1;
    buf_init(&preimage, SIZE_MAX);
    event = runtime_event(line, &preimage);
    result = replace_unlogged(log, &event, error);
    buf_free(&preimage);
    return result;
}
