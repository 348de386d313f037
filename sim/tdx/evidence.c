#include "sim/tdx/evidence.h"

#include "sim/base/utf8.h"

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
    if (event->version != EVENT_VERSION_1 && event->version != EVENT_VERSION_2)
        return error_input(error, "its version must be %d or %d", EVENT_VERSION_1, EVENT_VERSION_2);
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
        .version = (enum event_version)event->version,
        .preimage = event->preimage,
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
    if (runtime->has_started)
        return;
    runtime->has_started = true;
    runtime->appends = next_runtime(evidence, runtime) == NULL;
    runtime->next = 0;
}

static bool is_same(const struct event *event, const struct evidence_listed *listed)
{
    return span_is(listed->name, event->name) &&
           span_equal(listed->payload, span_of(event->payload, event->payload_len)) &&
           listed->version == (uint64_t)event->version;
}

/* The list has no preimages: they follow from what it has. */
static int append_runtime(struct evidence *evidence, const struct evidence_listed *listed,
                          struct arena *arena, struct error *error)
{
    const struct evidence_event event = {
        .imr = EVENT_RUNTIME_IMR,
        .type = EVENT_TYPE_RUNTIME,
        .name = listed->name,
        .payload = listed->payload,
        .version = listed->version,
    };
    struct event *added;
    struct buf preimage;

    if (evidence_add_event(evidence, &event, arena, error))
        return -1;
    added = &evidence->events[evidence->count - 1];
    if (added->version != EVENT_VERSION_2)
        return 0;
    buf_init(&preimage, SIZE_MAX);
    event_preimage(added, &preimage);
    added->preimage = span_of(arena_copy(arena, (const char *)preimage.data, preimage.len), preimage.len);
    buf_free(&preimage);
    return 0;
}

int evidence_add_runtime(struct evidence *evidence, struct evidence_runtime *runtime,
                         const struct evidence_listed *listed, struct arena *arena, struct error *error)
{
    const struct event *event;

    start(evidence, runtime);
    if (runtime->appends)
        return append_runtime(evidence, listed, arena, error);
    event = next_runtime(evidence, runtime);
    if (event && is_same(event, listed))
        return 0;
    return error_input(error, "its runtime events differ from those in its event log");
}

int evidence_end_runtime(const struct evidence *evidence, struct evidence_runtime *runtime,
                         struct error *error)
{
    start(evidence, runtime);
    if (!runtime->appends && next_runtime(evidence, runtime))
        return error_input(error, "its event log has more runtime events than its list of runtime events");
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
