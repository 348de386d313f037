#include "sim/tdx/attestation_msgpack.h"

#include "sim/format/msgpack.h"

#define VERSION 1

static int wrong(struct error *error, const char *what)
{
    return error_input(error, "it is cut short or of another shape at %s", what);
}

/* {kind: "<kind>", data: {... */
static bool read_kind(struct span *rest, const char *kind, size_t members)
{
    size_t pairs;

    return msgpack_read_map(rest, &pairs) && pairs == 2 && msgpack_read_key(rest, "kind") &&
           msgpack_read_key(rest, kind) && msgpack_read_key(rest, "data") && msgpack_read_map(rest, &pairs) &&
           pairs == members;
}

static bool read_event(struct span *rest, struct arena *arena, struct evidence_event *event)
{
    size_t pairs;

    return msgpack_read_map(rest, &pairs) && pairs == 5 && msgpack_read_key(rest, "imr") &&
           msgpack_read_uint(rest, &event->imr) && msgpack_read_key(rest, "event_type") &&
           msgpack_read_uint(rest, &event->type) && msgpack_read_key(rest, "digest") &&
           msgpack_read_bytes(rest, arena, &event->digest) && msgpack_read_key(rest, "event") &&
           msgpack_read_text(rest, &event->name) && msgpack_read_key(rest, "event_payload") &&
           msgpack_read_bytes(rest, arena, &event->payload);
}

static int read_events(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    size_t count;

    if (!msgpack_read_key(rest, "event_log") || !msgpack_read_array(rest, &count))
        return wrong(error, "event_log");
    for (size_t i = 0; i < count; i++) {
        struct evidence_event event;
        if (!read_event(rest, arena, &event))
            return wrong(error, "an event");
        if (evidence_add_event(evidence, &event, arena, error))
            return error_context(error, "event %zu", i + 1);
    }
    return 0;
}

static bool read_runtime_event(struct span *rest, struct arena *arena, struct span *name,
                               struct span *payload)
{
    size_t pairs;

    return msgpack_read_map(rest, &pairs) && pairs == 2 && msgpack_read_key(rest, "event") &&
           msgpack_read_text(rest, name) && msgpack_read_key(rest, "payload") &&
           msgpack_read_bytes(rest, arena, payload);
}

static int read_runtime_events(struct span *rest, struct evidence *evidence, struct arena *arena,
                               struct error *error)
{
    struct evidence_runtime runtime = {.started = false};
    size_t count;

    if (!msgpack_read_key(rest, "runtime_events") || !msgpack_read_array(rest, &count))
        return wrong(error, "runtime_events");
    for (size_t i = 0; i < count; i++) {
        struct span name, payload;
        if (!read_runtime_event(rest, arena, &name, &payload))
            return wrong(error, "a runtime event");
        if (evidence_add_runtime(evidence, &runtime, name, payload, arena, error))
            return -1;
    }
    return evidence_end_runtime(evidence, &runtime, error);
}

static int read_platform(struct span *rest, struct evidence *evidence, struct arena *arena,
                         struct error *error)
{
    if (!msgpack_read_key(rest, "platform") || !read_kind(rest, "tdx", 2) ||
        !msgpack_read_key(rest, "quote") || !msgpack_read_bytes(rest, arena, &evidence->quote))
        return wrong(error, "platform");
    return read_events(rest, evidence, arena, error);
}

static int read_stack(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    struct span report_data;

    if (!msgpack_read_key(rest, "stack") || !read_kind(rest, "dstack", 3) ||
        !msgpack_read_key(rest, "report_data") || !msgpack_read_bytes(rest, arena, &report_data))
        return wrong(error, "stack");
    if (evidence_set_report_data(evidence, report_data, error) ||
        read_runtime_events(rest, evidence, arena, error))
        return -1;
    if (!msgpack_read_key(rest, "config") || !msgpack_read_text(rest, &evidence->vm_config))
        return wrong(error, "config");
    return 0;
}

int attestation_msgpack_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                             struct error *error)
{
    uint64_t version;
    size_t pairs;

    if (!msgpack_read_map(&bytes, &pairs) || pairs != 3 || !msgpack_read_key(&bytes, "version") ||
        !msgpack_read_uint(&bytes, &version))
        return wrong(error, "its version");
    if (version != VERSION)
        return error_input(error, "version %u is not read here, only 1", (unsigned)version);
    if (read_platform(&bytes, evidence, arena, error) || read_stack(&bytes, evidence, arena, error))
        return -1;
    return bytes.len == 0 ? 0 : error_input(error, "behind its end stand %zu more bytes", bytes.len);
}
