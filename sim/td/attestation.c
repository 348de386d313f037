#include "sim/td/attestation.h"

#include <msgpack.h>

#include "sim/format/scale.h"

#define TYPE_ACPI 10 /* EV_PLATFORM_CONFIG_FLAGS, which this firmware uses for ACPI tables alone */

/* --- SCALE --- */

enum { SCALE_VERSION = 0, SCALE_TDX = 0 };

static bool is_runtime(const struct event *event)
{
    return event->imr == EVENT_RUNTIME_IMR;
}

static bool is_kept_in_cut(const struct event *event)
{
    return is_runtime(event) || event->type == TYPE_ACPI;
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
    scale_write_compact(out, count_events(log, is_runtime));
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        if (!is_runtime(event))
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
            scale_event(&parts->scale_log_cut, event, !is_runtime(event));
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

static int append_packed(void *buf, const char *data, size_t len)
{
    buf_append(buf, data, len);
    return 0;
}

static void pack_text(msgpack_packer *packer, const char *text, size_t len)
{
    msgpack_pack_str(packer, len);
    msgpack_pack_str_body(packer, text, len);
}

static void pack_key(msgpack_packer *packer, const char *key)
{
    pack_text(packer, key, strlen(key));
}

static void pack_bin(msgpack_packer *packer, const char *key, const void *data, size_t len)
{
    pack_key(packer, key);
    msgpack_pack_bin(packer, len);
    msgpack_pack_bin_body(packer, data, len);
}

static void pack_event(msgpack_packer *packer, const struct event *event)
{
    msgpack_pack_map(packer, 5);
    pack_key(packer, "imr");
    msgpack_pack_uint32(packer, event->imr);
    pack_key(packer, "event_type");
    msgpack_pack_uint32(packer, event->type);
    pack_bin(packer, "digest", event->digest, REGISTER_BYTES);
    pack_key(packer, "event");
    pack_key(packer, event->name);
    pack_bin(packer, "event_payload", event->payload, event->payload_len);
}

static void pack_runtime_events(msgpack_packer *packer, const struct event_log *log)
{
    msgpack_pack_array(packer, count_events(log, is_runtime));
    for (size_t i = 0; i < log->count; i++) {
        const struct event *event = &log->events[i];
        if (!is_runtime(event))
            continue;
        msgpack_pack_map(packer, 2);
        pack_key(packer, "event");
        pack_key(packer, event->name);
        pack_bin(packer, "payload", event->payload, event->payload_len);
    }
}

/* {kind, data: {`members` members: the platform's or the stack's. */
static void pack_kind(msgpack_packer *packer, const char *kind, size_t members)
{
    msgpack_pack_map(packer, 2);
    pack_key(packer, "kind");
    pack_key(packer, kind);
    pack_key(packer, "data");
    msgpack_pack_map(packer, members);
}

static void render_msgpack(struct attestation_parts *parts, const struct event_log *log, struct span config)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, &parts->msgpack_head, append_packed);
    msgpack_pack_map(&packer, 3);
    pack_key(&packer, "version");
    msgpack_pack_uint8(&packer, 1);
    pack_key(&packer, "platform");
    pack_kind(&packer, "tdx", 2);
    pack_key(&packer, "quote");

    msgpack_packer_init(&packer, &parts->msgpack_log, append_packed);
    pack_key(&packer, "event_log");
    msgpack_pack_array(&packer, log->count);
    for (size_t i = 0; i < log->count; i++)
        pack_event(&packer, &log->events[i]);
    pack_key(&packer, "stack");
    pack_kind(&packer, "dstack", 3);
    pack_key(&packer, "report_data");

    msgpack_packer_init(&packer, &parts->msgpack_tail, append_packed);
    pack_key(&packer, "runtime_events");
    pack_runtime_events(&packer, log);
    pack_key(&packer, "config");
    pack_text(&packer, (const char *)config.data, config.len);
}

/* Most bytes append_integers writes for len. */
static size_t integers_size(size_t len)
{
    return 3 + 2 * len;
}

/* An array of integers, one for each byte. Written here without branches rather
 * than through the packer: it is the one part that every quote encodes anew. */
static void append_integers(struct buf *out, struct span bytes)
{
    const uint8_t head[] = {0xdc, (uint8_t)(bytes.len >> 8), (uint8_t)bytes.len}; /* array 16 */
    uint8_t *to;

    buf_append(out, head, sizeof head);
    to = buf_reserve(out, 2 * bytes.len);
    if (!to)
        return;
    for (size_t i = 0; i < bytes.len; i++) {
        *to = 0xcc; /* uint 8, which stays only in front of what is no positive fixint */
        to += bytes.data[i] >> 7;
        *to++ = bytes.data[i];
    }
    out->len = (size_t)(to - out->data);
}

struct span attestation_msgpack(const struct attestation_parts *parts, struct span quote,
                                const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                struct arena *arena)
{
    size_t size = parts->msgpack_head.len + integers_size(quote.len) + parts->msgpack_log.len +
                  integers_size(QUOTE_REPORT_DATA_BYTES) + parts->msgpack_tail.len;
    struct buf out;

    buf_over(&out, arena_alloc(arena, size), size);
    buf_append_span(&out, buf_span(&parts->msgpack_head));
    append_integers(&out, quote);
    buf_append_span(&out, buf_span(&parts->msgpack_log));
    append_integers(&out, span_of(report_data, QUOTE_REPORT_DATA_BYTES));
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
    render_msgpack(parts, log, config);
}
