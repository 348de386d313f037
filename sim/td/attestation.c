#include "sim/td/attestation.h"

#include "sim/format/msgpack.h"
#include "sim/format/scale.h"

/* --- SCALE --- */

enum { SCALE_VERSION = 0, SCALE_TDX = 0 };

static bool is_kept_in_cut(const struct event *event)
{
    return event_is_runtime(event) || event_is_acpi(event);
}

static size_t count_events(const struct event_log *log, bool (*wanted)(const struct event *))
{
    size_t count = 0;

    for (size_t i = 0; i < log->count; i++)
        count += wanted(&log->events[i]);
    return count;
}

static void scale_event(struct buf *out, const struct event *event, bool with_digest)
{
    scale_write_u32(out, event->imr);
    scale_write_u32(out, event->type);
    scale_write_bytes(out, event->digest, with_digest ? REGISTER_BYTES : 0);
    scale_write_bytes(out, event->name, strlen(event->name));
    scale_write_bytes(out, event->payload, event->payload_len);
}

static void scale_runtime_events(struct buf *out, const struct event_log *log)
{
    scale_write_compact(out, count_events(log, event_is_runtime));
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        if (!event_is_runtime(event))
            continue;
        scale_write_bytes(out, event->name, strlen(event->name));
        scale_write_bytes(out, event->payload, event->payload_len);
    }
}

static void render_scale(struct attestation_parts *parts, const struct event_log *log, struct span config)
{
    scale_write_compact(&parts->scale_log, log->count);
    scale_write_compact(&parts->scale_log_cut, count_events(log, is_kept_in_cut));
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        scale_event(&parts->scale_log, event, true);
        if (is_kept_in_cut(event))
            scale_event(&parts->scale_log_cut, event, !event_is_runtime(event));
    }
    scale_runtime_events(&parts->scale_log, log);
    scale_runtime_events(&parts->scale_log_cut, log);
    scale_write_bytes(&parts->scale_config, config.data, config.len);
}

#define SCALE_FIXED_BYTES 8 /* version, kind and the quote's length */

static struct span write_scale(const struct attestation_parts *parts, const struct buf *log,
                               struct span quote, const uint8_t *report_data, struct arena *arena)
{
    size_t size =
        SCALE_FIXED_BYTES + quote.len + log->len + QUOTE_REPORT_DATA_BYTES + parts->scale_config.len;
    struct buf out;

    buf_over(&out, arena_alloc(arena, size), size);
    buf_append_byte(&out, SCALE_VERSION);
    buf_append_byte(&out, SCALE_TDX);
    scale_write_bytes(&out, quote.data, quote.len);
    buf_append_span(&out, buf_span(log));
    buf_append(&out, report_data, QUOTE_REPORT_DATA_BYTES);
    buf_append_span(&out, buf_span(&parts->scale_config));
    return buf_span(&out);
}

struct span attestation_scale(const struct attestation_parts *parts, struct span quote,
                              const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES], struct arena *arena)
{
    return write_scale(parts, &parts->scale_log, quote, report_data, arena);
}

struct span attestation_scale_cut(const struct attestation_parts *parts, struct span quote,
                                  const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                  struct arena *arena)
{
    return write_scale(parts, &parts->scale_log_cut, quote, report_data, arena);
}

/* --- MessagePack --- */

static void write_event(struct buf *out, const struct event *event)
{
    msgpack_write_map(out, 5);
    msgpack_write_key(out, "imr");
    msgpack_write_uint(out, event->imr);
    msgpack_write_key(out, "event_type");
    msgpack_write_uint(out, event->type);
    msgpack_write_key(out, "digest");
    msgpack_write_bin(out, event->digest, REGISTER_BYTES);
    msgpack_write_key(out, "event");
    msgpack_write_text(out, span_text(event->name));
    msgpack_write_key(out, "event_payload");
    msgpack_write_bin(out, event->payload, event->payload_len);
}

static void write_runtime_events(struct buf *out, const struct event_log *log)
{
    msgpack_write_array(out, count_events(log, event_is_runtime));
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        if (!event_is_runtime(event))
            continue;
        msgpack_write_map(out, 2);
        msgpack_write_key(out, "event");
        msgpack_write_text(out, span_text(event->name));
        msgpack_write_key(out, "payload");
        msgpack_write_bin(out, event->payload, event->payload_len);
    }
}

/* {kind, data: {`members` members: the platform's or the stack's. */
static void write_kind(struct buf *out, const char *kind, size_t members)
{
    msgpack_write_map(out, 2);
    msgpack_write_key(out, "kind");
    msgpack_write_text(out, span_text(kind));
    msgpack_write_key(out, "data");
    msgpack_write_map(out, members);
}

static void render_head(struct buf *out)
{
    msgpack_write_map(out, 3);
    msgpack_write_key(out, "version");
    msgpack_write_uint(out, 1);
    msgpack_write_key(out, "platform");
    write_kind(out, "tdx", 2);
    msgpack_write_key(out, "quote");
}

static void render_log(struct buf *out, const struct event_log *log)
{
    msgpack_write_key(out, "event_log");
    msgpack_write_array(out, log->count);
    for (size_t i = 0; i < log->count; i++)
        write_event(out, &log->events[i]);
    msgpack_write_key(out, "stack");
    write_kind(out, "dstack", 3);
    msgpack_write_key(out, "report_data");
}

static void render_tail(struct buf *out, const struct event_log *log, struct span config)
{
    msgpack_write_key(out, "runtime_events");
    write_runtime_events(out, log);
    msgpack_write_key(out, "config");
    msgpack_write_text(out, config);
}

struct span attestation_msgpack(const struct attestation_parts *parts, struct span quote,
                                const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                struct arena *arena)
{
    size_t size = parts->msgpack_head.len + msgpack_integers_size_max(quote.len) + parts->msgpack_log.len +
                  msgpack_integers_size_max(QUOTE_REPORT_DATA_BYTES) + parts->msgpack_tail.len;
    struct buf out;

    buf_over(&out, arena_alloc(arena, size), size);
    buf_append_span(&out, buf_span(&parts->msgpack_head));
    msgpack_write_integers(&out, quote);
    buf_append_span(&out, buf_span(&parts->msgpack_log));
    msgpack_write_integers(&out, span_of(report_data, QUOTE_REPORT_DATA_BYTES));
    buf_append_span(&out, buf_span(&parts->msgpack_tail));
    return buf_span(&out);
}

/* --- both --- */

#define PARTS 6

static void list_parts(struct attestation_parts *parts, struct buf *list[static PARTS])
{
    list[0] = &parts->scale_log;
    list[1] = &parts->scale_log_cut;
    list[2] = &parts->scale_config;
    list[3] = &parts->msgpack_head;
    list[4] = &parts->msgpack_log;
    list[5] = &parts->msgpack_tail;
}

void attestation_parts_init(struct attestation_parts *parts)
{
    struct buf *list[PARTS];

    list_parts(parts, list);
    for (int i = 0; i < PARTS; i++)
        buf_init(list[i], SIZE_MAX);
}

void attestation_parts_free(struct attestation_parts *parts)
{
    struct buf *list[PARTS];

    list_parts(parts, list);
    for (int i = 0; i < PARTS; i++)
        buf_free(list[i]);
}

void attestation_parts_render(struct attestation_parts *parts, const struct event_log *log,
                              struct span config)
{
    struct buf *list[PARTS];

    list_parts(parts, list);
    for (int i = 0; i < PARTS; i++)
        buf_reset(list[i]);
    render_scale(parts, log, config);
    render_head(&parts->msgpack_head);
    render_log(&parts->msgpack_log, log);
    render_tail(&parts->msgpack_tail, log, config);
}
