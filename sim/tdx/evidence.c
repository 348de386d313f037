#include "sim/tdx/evidence.h"

#include "sim/base/hex.h"
#include "sim/base/utf8.h"

/* First bytes of the two encodings of an attestation. */
enum { SCALE_VERSION = 0x00, MSGPACK_FIXMAP = 0x80, MSGPACK_FIXMAP_MASK = 0xf0, MSGPACK_MAP16 = 0xde };

/* --- events --- */

static struct event *next_event(struct evidence *evidence, struct arena *arena)
{
    if ((evidence->count & (evidence->count - 1)) == 0) {
        size_t capacity = evidence->count ? 2 * evidence->count : 1;
        struct event *grown = arena_alloc(arena, capacity * sizeof *grown);
        if (evidence->count)
            memcpy(grown, evidence->events, evidence->count * sizeof *grown);
        evidence->events = grown;
    }
    return &evidence->events[evidence->count];
}

static int check_event(const struct evidence *evidence, const struct evidence_event *event,
                       struct error *error)
{
    bool is_runtime = event->imr == EVENT_RUNTIME_IMR;

    if (evidence->count == EVIDENCE_EVENTS_MAX)
        return error_input(error, "it has more than %d events", EVIDENCE_EVENTS_MAX);
    if (event->imr >= RTMR_COUNT)
        return error_input(error, "imr must be 0 to %d", RTMR_COUNT - 1);
    if (event->type > UINT32_MAX)
        return error_input(error, "event_type must be below 2^32");
    if (event->digest.len != REGISTER_BYTES && !(is_runtime && event->digest.len == 0))
        return error_input(error, "its digest must have %d bytes, but has %zu", REGISTER_BYTES,
                           event->digest.len);
    if ((event->name.len && memchr(event->name.data, 0, event->name.len)) ||
        !utf8_valid(event->name.data, event->name.len))
        return error_input(error, "its name must be UTF-8 text");
    return 0;
}

int evidence_add_event(struct evidence *evidence, const struct evidence_event *event, struct arena *arena,
                       struct error *error)
{
    struct event *added;

    if (check_event(evidence, event, error))
        return -1;
    added = next_event(evidence, arena);
    *added = (struct event){
        .imr = (uint32_t)event->imr,
        .type = (uint32_t)event->type,
        .name = arena_copy(arena, event->name.data, event->name.len),
        .payload = (const uint8_t *)arena_copy(arena, event->payload.data, event->payload.len),
        .payload_len = event->payload.len,
    };
    if (event->digest.len)
        memcpy(added->digest, event->digest.data, REGISTER_BYTES);
    evidence->count++;
    return 0;
}

/* --- runtime events --- */

static const struct event *next_runtime(const struct evidence *evidence, struct evidence_runtime *runtime)
{
    while (runtime->next < evidence->count) {
        const struct event *event = &evidence->events[runtime->next++];
        if (event_is_runtime(event))
            return event;
    }
    return NULL;
}

static void start(const struct evidence *evidence, struct evidence_runtime *runtime)
{
    if (runtime->started)
        return;
    runtime->started = true;
    runtime->append = next_runtime(evidence, runtime) == NULL;
    runtime->next = 0;
}

int evidence_add_runtime(struct evidence *evidence, struct evidence_runtime *runtime, struct span name,
                         struct span payload, struct arena *arena, struct error *error)
{
    const struct evidence_event added = {EVENT_RUNTIME_IMR, EVENT_TYPE_RUNTIME, NO_SPAN, name, payload};
    const struct event *event;

    start(evidence, runtime);
    if (runtime->append)
        return evidence_add_event(evidence, &added, arena, error);
    event = next_runtime(evidence, runtime);
    if (event && span_is(name, event->name) &&
        span_equal(payload, span_of(event->payload, event->payload_len)))
        return 0;
    return error_input(error, "its runtime events are not those of its event log");
}

int evidence_end_runtime(const struct evidence *evidence, struct evidence_runtime *runtime,
                         struct error *error)
{
    start(evidence, runtime);
    if (!runtime->append && next_runtime(evidence, runtime))
        return error_input(error, "its event log has more runtime events than its list of them");
    return 0;
}

int evidence_set_report_data(struct evidence *evidence, struct span report_data, struct error *error)
{
    if (report_data.len != QUOTE_REPORT_DATA_BYTES)
        return error_input(error, "report_data must have %d bytes, but has %zu", QUOTE_REPORT_DATA_BYTES,
                           report_data.len);
    memcpy(evidence->report_data, report_data.data, report_data.len);
    evidence->has_report_data = true;
    return 0;
}

/* --- requests --- */

static int read_hex(struct span text, const char *name, struct arena *arena, struct span *bytes,
                    struct error *error)
{
    uint8_t *out;
    size_t len;

    if (hex_read(text, name, arena, &out, &len, error))
        return -1;
    *bytes = span_of(out, len);
    return 0;
}

static int read_attestation(struct span text, struct arena *arena, struct evidence *evidence,
                            struct error *error)
{
    struct span bytes;
    unsigned first;
    int result;

    if (read_hex(text, "attestation", arena, &bytes, error))
        return -1;
    first = bytes.len ? bytes.data[0] : 0xff;
    if (first == SCALE_VERSION)
        result = evidence_scale(evidence, bytes, arena, error);
    else if ((first & MSGPACK_FIXMAP_MASK) == MSGPACK_FIXMAP || first == MSGPACK_MAP16)
        result = evidence_msgpack(evidence, bytes, arena, error);
    else
        return error_input(
            error, "attestation is neither of the SCALE form (00 first) nor MessagePack (a map first)");
    return result ? error_context(error, "attestation") : 0;
}

int evidence_read(const struct evidence_request *request, struct arena *arena, struct evidence *evidence,
                  struct error *error)
{
    *evidence = (struct evidence){.count = 0};
    if (request->attestation.len > 0)
        return read_attestation(request->attestation, arena, evidence, error);
    if (request->quote.len == 0)
        return error_input(error, "give a quote with event_log and vm_config, or an attestation");
    if (request->event_log.len == 0)
        return error_input(error, "event_log is missing: a quote is verified together with its event log");
    if (read_hex(request->quote, "quote", arena, &evidence->quote, error))
        return -1;
    if (evidence_json_events(evidence, request->event_log, arena, error))
        return error_context(error, "event_log");
    evidence->vm_config = request->vm_config;
    return 0;
}
