#include "sim/tdx/attestation_scale.h"

#include "sim/base/cursor.h"
#include "sim/format/scale.h"

enum { VERSION = 0, PLATFORM_TDX = 0, HEAD_BYTES = 2 };

/* --- events --- */

static void write_event(struct buf *out, const struct event *event, bool has_digest)
{
    scale_write_u32(out, event->imr);
    scale_write_u32(out, event->type);
    scale_write_bytes(out, event->digest, has_digest ? REGISTER_BYTES : 0);
    scale_write_bytes(out, event->name, strlen(event->name));
    scale_write_bytes(out, event->payload, event->payload_len);
}

static bool read_event(struct span *rest, struct evidence_event *event)
{
    uint32_t imr, type;

    if (!scale_read_u32(rest, &imr) || !scale_read_u32(rest, &type) ||
        !scale_read_bytes(rest, &event->digest) || !scale_read_bytes(rest, &event->name) ||
        !scale_read_bytes(rest, &event->payload))
        return false;
    event->imr = imr;
    event->type = type;
    event->version = EVENT_VERSION_1;
    return true;
}

static void write_runtime_event(struct buf *out, const struct event *event)
{
    scale_write_bytes(out, event->name, strlen(event->name));
    scale_write_bytes(out, event->payload, event->payload_len);
}

static bool read_runtime_event(struct span *rest, struct evidence_listed *listed)
{
    listed->version = EVENT_VERSION_1;
    return scale_read_bytes(rest, &listed->name) && scale_read_bytes(rest, &listed->payload);
}

/* --- writing --- */

void attestation_scale_init(struct attestation_scale_parts *parts)
{
    *parts = (struct attestation_scale_parts){.count = 0};
    buf_init(&parts->events, SIZE_MAX);
    buf_init(&parts->events_cut, SIZE_MAX);
    buf_init(&parts->runtime, SIZE_MAX);
    buf_init(&parts->config, SIZE_MAX);
}

void attestation_scale_free(struct attestation_scale_parts *parts)
{
    buf_free(&parts->events);
    buf_free(&parts->events_cut);
    buf_free(&parts->runtime);
    buf_free(&parts->config);
}

static void add(struct attestation_scale_parts *parts, const struct event *event)
{
    const bool is_runtime = event_is_runtime(event);

    write_event(&parts->events, event, true);
    parts->count++;
    if (event_is_kept_in_cut(event)) {
        write_event(&parts->events_cut, event, !is_runtime);
        parts->cut_count++;
    }
    if (is_runtime) {
        write_runtime_event(&parts->runtime, event);
        parts->runtime_count++;
    }
}

void attestation_scale_follow(struct attestation_scale_parts *parts, const struct event_log *log)
{
    for (; parts->seen < log->count; parts->seen++)
        if (!log->events[parts->seen].is_unlogged)
            add(parts, &log->events[parts->seen]);
}

void attestation_scale_render(struct attestation_scale_parts *parts, const struct event_log *log,
                              struct span config)
{
    buf_reset(&parts->events);
    buf_reset(&parts->events_cut);
    buf_reset(&parts->runtime);
    buf_reset(&parts->config);
    parts->seen = parts->count = parts->cut_count = parts->runtime_count = 0;
    attestation_scale_follow(parts, log);
    scale_write_bytes(&parts->config, config.data, config.len);
}

static void write_list(struct buf *out, size_t count, const struct buf *events)
{
    scale_write_compact(out, count);
    buf_append_span(out, buf_span(events));
}

static struct span write_whole(const struct attestation_scale_parts *parts, size_t count,
                               const struct buf *events, struct span quote, const uint8_t *report_data,
                               struct arena *arena)
{
    size_t size = HEAD_BYTES + 3 * SCALE_COMPACT_BYTES_MAX + quote.len + events->len + parts->runtime.len +
                  QUOTE_REPORT_DATA_BYTES + parts->config.len;
    struct buf out;

    buf_over(&out, arena_alloc(arena, size), size);
    buf_append_byte(&out, VERSION);
    buf_append_byte(&out, PLATFORM_TDX);
    scale_write_bytes(&out, quote.data, quote.len);
    write_list(&out, count, events);
    write_list(&out, parts->runtime_count, &parts->runtime);
    buf_append(&out, report_data, QUOTE_REPORT_DATA_BYTES);
    buf_append_span(&out, buf_span(&parts->config));
    return buf_span(&out);
}

struct span attestation_scale_write(const struct attestation_scale_parts *parts, struct span quote,
                                    const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                    struct arena *arena)
{
    return write_whole(parts, parts->count, &parts->events, quote, report_data, arena);
}

struct span attestation_scale_write_cut(const struct attestation_scale_parts *parts, struct span quote,
                                        const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                        struct arena *arena)
{
    return write_whole(parts, parts->cut_count, &parts->events_cut, quote, report_data, arena);
}

/* --- reading --- */

static int cut(struct error *error, const char *where)
{
    return error_input(error, "truncated, or a wrong length, in %s", where);
}

static int read_events(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    size_t count;

    if (!scale_read_compact(rest, &count))
        return cut(error, "the number of events");
    for (size_t i = 0; i < count; i++) {
        struct evidence_event event = {.imr = 0};
        if (!read_event(rest, &event))
            return cut(error, "an event");
        if (evidence_add_event(evidence, &event, arena, error))
            return error_context(error, "event %zu", i + 1);
    }
    return 0;
}

static int read_runtime_events(struct span *rest, struct evidence *evidence, struct arena *arena,
                               struct error *error)
{
    struct evidence_runtime runtime = {.has_started = false};
    size_t count;

    if (!scale_read_compact(rest, &count))
        return cut(error, "the number of runtime events");
    for (size_t i = 0; i < count; i++) {
        struct evidence_listed listed;
        if (!read_runtime_event(rest, &listed))
            return cut(error, "a runtime event");
        if (evidence_add_runtime(evidence, &runtime, &listed, arena, error))
            return -1;
    }
    return evidence_end_runtime(evidence, &runtime, error);
}

int attestation_scale_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                           struct error *error)
{
    uint8_t version, platform;
    struct span report_data;

    if (!cursor_take_byte(&bytes, &version) || !cursor_take_byte(&bytes, &platform))
        return cut(error, "its version");
    if (version != VERSION || platform != PLATFORM_TDX)
        return error_input(error, "version %u of platform %u is not supported, only %d of %d (TDX)", version,
                           platform, VERSION, PLATFORM_TDX);
    if (!scale_read_bytes(&bytes, &evidence->quote))
        return cut(error, "the quote");
    if (read_events(&bytes, evidence, arena, error) || read_runtime_events(&bytes, evidence, arena, error))
        return -1;
    if (!cursor_take(&bytes, QUOTE_REPORT_DATA_BYTES, &report_data) ||
        !scale_read_bytes(&bytes, &evidence->vm_config))
        return cut(error, "report data or config");
    if (bytes.len != 0)
        return error_input(error, "trailing bytes: %zu", bytes.len);
    return evidence_set_report_data(evidence, report_data, error);
}

bool attestation_scale_begins(struct span bytes)
{
    return bytes.len > 0 && bytes.data[0] == VERSION;
}
