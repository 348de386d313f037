#include "sim/tdx/attestation_msgpack.h"

#include <stdlib.h>

#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/format/msgpack.h"
#include "sim/tdx/td_report.h"

enum {
    VERSION = 1,
    MEMBERS = 3,
    TDX_MEMBERS = 2,
    STACK_MEMBERS = 3,
    EVENT_MEMBERS = 5,
    RUNTIME_EVENT_MEMBERS = 2,
    VERSION_MEMBERS = 1, /* further ones of version 2 */
    PREIMAGE_MEMBERS = 1,
    LIST_HEADS_BYTES_MAX = 64, /* of all four: a number in at most 5 bytes, and the keys of two */
    /* With the signature of any version, the last that differs between quotes of one platform. */
    QUOTE_START_BYTES = QUOTE_HEADER_BYTES + QUOTE_BODY_HEAD_BYTES + TD_REPORT_15_BYTES + sizeof(uint32_t) +
                        P256_SIGNATURE_BYTES,
};

#define KIND_TDX "tdx"
#define KIND_STACK "dstack"

static bool read_map(struct span *rest, size_t members)
{
    size_t pairs;

    return msgpack_read_map(rest, &pairs) && pairs == members;
}

/* {kind: "<kind>", data: {... */
static void write_kind(struct buf *out, const char *kind, size_t members)
{
    msgpack_write_map(out, 2);
    msgpack_write_key(out, "kind");
    msgpack_write_text(out, span_text(kind));
    msgpack_write_key(out, "data");
    msgpack_write_map(out, members);
}

static bool read_kind(struct span *rest, const char *kind, size_t members)
{
    return read_map(rest, 2) && msgpack_read_key(rest, "kind") && msgpack_read_key(rest, kind) &&
           msgpack_read_key(rest, "data") && read_map(rest, members);
}

/* --- events --- */

static bool is_version_2(const struct event *event)
{
    return event->version == EVENT_VERSION_2;
}

static void write_version(struct buf *out, const struct event *event)
{
    msgpack_write_key(out, "version");
    msgpack_write_uint(out, event->version);
}

/* A text of hex, even here. */
static void write_preimage(struct buf *out, struct span preimage)
{
    char *digits = memory_alloc(2 * preimage.len + 1);

    hex_encode(preimage.data, preimage.len, digits);
    msgpack_write_key(out, "preimage");
    msgpack_write_text(out, span_of(digits, 2 * preimage.len));
    free(digits);
}

static void write_event(struct buf *out, const struct event *event, bool has_digest)
{
    msgpack_write_map(out, EVENT_MEMBERS + (is_version_2(event) ? VERSION_MEMBERS + PREIMAGE_MEMBERS : 0));
    msgpack_write_key(out, "imr");
    msgpack_write_uint(out, event->imr);
    msgpack_write_key(out, "event_type");
    msgpack_write_uint(out, event->type);
    msgpack_write_key(out, "digest");
    msgpack_write_bin(out, event->digest, has_digest ? REGISTER_BYTES : 0);
    msgpack_write_key(out, "event");
    msgpack_write_text(out, span_text(event->name));
    msgpack_write_key(out, "event_payload");
    msgpack_write_bin(out, event->payload, event->payload_len);
    if (!is_version_2(event))
        return;
    write_version(out, event);
    write_preimage(out, event->preimage);
}

/* Takes {version: N from a map if it has more members than that of version 1. */
static bool read_version(struct span *rest, size_t *further, uint64_t *version)
{
    *version = EVENT_VERSION_1;
    if (*further == 0)
        return true;
    *further -= VERSION_MEMBERS;
    return msgpack_read_key(rest, "version") && msgpack_read_uint(rest, version);
}

static bool read_preimage(struct span *rest, size_t *further, struct arena *arena, struct span *preimage)
{
    struct span text;
    size_t bad_at;
    uint8_t *out;

    if (*further == 0)
        return true;
    *further -= PREIMAGE_MEMBERS;
    if (!msgpack_read_key(rest, "preimage") || !msgpack_read_text(rest, &text))
        return false;
    out = arena_alloc(arena, text.len / 2 + 1);
    *preimage = span_of(out, 0);
    return hex_decode((const char *)text.data, text.len, out, &preimage->len, &bad_at) == HEX_OK;
}

static bool read_event(struct span *rest, struct arena *arena, struct evidence_event *event)
{
    size_t members, further;

    if (!msgpack_read_map(rest, &members) || members < EVENT_MEMBERS || !msgpack_read_key(rest, "imr") ||
        !msgpack_read_uint(rest, &event->imr) || !msgpack_read_key(rest, "event_type") ||
        !msgpack_read_uint(rest, &event->type) || !msgpack_read_key(rest, "digest") ||
        !msgpack_read_bytes(rest, arena, &event->digest) || !msgpack_read_key(rest, "event") ||
        !msgpack_read_text(rest, &event->name) || !msgpack_read_key(rest, "event_payload") ||
        !msgpack_read_bytes(rest, arena, &event->payload))
        return false;
    further = members - EVENT_MEMBERS;
    return read_version(rest, &further, &event->version) &&
           read_preimage(rest, &further, arena, &event->preimage) && further == 0;
}

static void write_runtime_event(struct buf *out, const struct event *event)
{
    msgpack_write_map(out, RUNTIME_EVENT_MEMBERS + (is_version_2(event) ? VERSION_MEMBERS : 0));
    msgpack_write_key(out, "event");
    msgpack_write_text(out, span_text(event->name));
    msgpack_write_key(out, "payload");
    msgpack_write_bin(out, event->payload, event->payload_len);
    if (is_version_2(event))
        write_version(out, event);
}

static bool read_runtime_event(struct span *rest, struct arena *arena, struct evidence_listed *listed)
{
    size_t members, further;

    if (!msgpack_read_map(rest, &members) || members < RUNTIME_EVENT_MEMBERS ||
        !msgpack_read_key(rest, "event") || !msgpack_read_text(rest, &listed->name) ||
        !msgpack_read_key(rest, "payload") || !msgpack_read_bytes(rest, arena, &listed->payload))
        return false;
    further = members - RUNTIME_EVENT_MEMBERS;
    return read_version(rest, &further, &listed->version) && further == 0;
}

/* --- writing --- */

void attestation_msgpack_init(struct attestation_msgpack_parts *parts)
{
    *parts = (struct attestation_msgpack_parts){.seen = 0};
    buf_init(&parts->head, SIZE_MAX);
    buf_init(&parts->events, SIZE_MAX);
    buf_init(&parts->middle, SIZE_MAX);
    buf_init(&parts->runtime, SIZE_MAX);
    buf_init(&parts->config, SIZE_MAX);
    buf_init(&parts->quote_end, SIZE_MAX);
    buf_init(&parts->quote_end_integers, SIZE_MAX);
}

void attestation_msgpack_free(struct attestation_msgpack_parts *parts)
{
    buf_free(&parts->head);
    buf_free(&parts->events);
    buf_free(&parts->middle);
    buf_free(&parts->runtime);
    buf_free(&parts->config);
    buf_free(&parts->quote_end);
    buf_free(&parts->quote_end_integers);
}

static void write_head(struct buf *out)
{
    msgpack_write_map(out, MEMBERS);
    msgpack_write_key(out, "version");
    msgpack_write_uint(out, VERSION);
    msgpack_write_key(out, "platform");
    write_kind(out, KIND_TDX, TDX_MEMBERS);
    msgpack_write_key(out, "quote");
}

static void write_middle(struct buf *out)
{
    msgpack_write_key(out, "stack");
    write_kind(out, KIND_STACK, STACK_MEMBERS);
    msgpack_write_key(out, "report_data");
}

static void write_config(struct buf *out, struct span config)
{
    msgpack_write_key(out, "config");
    msgpack_write_text(out, config);
}

static void add(struct attestation_msgpack_parts *parts, const struct event *event)
{
    const bool is_runtime = event_is_runtime(event);

    if (!parts->is_cut || event_is_kept_in_cut(event)) {
        write_event(&parts->events, event, !parts->is_cut || !is_runtime);
        parts->count++;
    }
    if (is_runtime) {
        write_runtime_event(&parts->runtime, event);
        parts->runtime_count++;
    }
}

void attestation_msgpack_follow(struct attestation_msgpack_parts *parts, const struct event_log *log)
{
    for (; parts->seen < log->count; parts->seen++)
        if (!log->events[parts->seen].is_unlogged)
            add(parts, &log->events[parts->seen]);
}

void attestation_msgpack_render(struct attestation_msgpack_parts *parts, const struct event_log *log,
                                struct span config, bool is_cut)
{
    buf_reset(&parts->head);
    buf_reset(&parts->events);
    buf_reset(&parts->middle);
    buf_reset(&parts->runtime);
    buf_reset(&parts->config);
    parts->is_cut = is_cut;
    parts->seen = parts->count = parts->runtime_count = 0;
    write_head(&parts->head);
    write_middle(&parts->middle);
    write_config(&parts->config, config);
    attestation_msgpack_follow(parts, log);
}

/* {..., key: [events] */
static void write_list(struct buf *out, const char *key, size_t count, const struct buf *events)
{
    msgpack_write_key(out, key);
    msgpack_write_array(out, count);
    buf_append_span(out, buf_span(events));
}

static void write_quote(struct buf *out, struct attestation_msgpack_parts *parts, struct span quote)
{
    const size_t start = quote.len < QUOTE_START_BYTES ? quote.len : QUOTE_START_BYTES;
    const struct span end = span_of(quote.data + start, quote.len - start);

    if (!span_equal(end, buf_span(&parts->quote_end))) {
        buf_reset(&parts->quote_end);
        buf_reset(&parts->quote_end_integers);
        buf_append_span(&parts->quote_end, end);
        msgpack_write_integers(&parts->quote_end_integers, end);
    }
    msgpack_write_array(out, quote.len);
    msgpack_write_integers(out, span_of(quote.data, start));
    buf_append_span(out, buf_span(&parts->quote_end_integers));
}

struct span attestation_msgpack_write(struct attestation_msgpack_parts *parts, struct span quote,
                                      const uint8_t report_data[static QUOTE_REPORT_DATA_BYTES],
                                      struct arena *arena)
{
    size_t size = parts->head.len + 2 * quote.len + LIST_HEADS_BYTES_MAX + parts->events.len +
                  parts->middle.len + 2 * QUOTE_REPORT_DATA_BYTES + parts->runtime.len + parts->config.len;
    struct buf out;

    buf_over(&out, arena_alloc(arena, size), size);
    buf_append_span(&out, buf_span(&parts->head));
    write_quote(&out, parts, quote);
    write_list(&out, "event_log", parts->count, &parts->events);
    buf_append_span(&out, buf_span(&parts->middle));
    msgpack_write_array(&out, QUOTE_REPORT_DATA_BYTES);
    msgpack_write_integers(&out, span_of(report_data, QUOTE_REPORT_DATA_BYTES));
    write_list(&out, "runtime_events", parts->runtime_count, &parts->runtime);
    buf_append_span(&out, buf_span(&parts->config));
    return buf_span(&out);
}

/* --- reading --- */

static int wrong(struct error *error, const char *what)
{
    return error_input(error, "truncated or malformed at %s", what);
}

static int read_events(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    size_t count;

    if (!msgpack_read_key(rest, "event_log") || !msgpack_read_array(rest, &count))
        return wrong(error, "event_log");
    for (size_t i = 0; i < count; i++) {
        struct evidence_event event = {.imr = 0};
        if (!read_event(rest, arena, &event))
            return wrong(error, "an event");
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

    if (!msgpack_read_key(rest, "runtime_events") || !msgpack_read_array(rest, &count))
        return wrong(error, "runtime_events");
    for (size_t i = 0; i < count; i++) {
        struct evidence_listed listed;
        if (!read_runtime_event(rest, arena, &listed))
            return wrong(error, "a runtime event");
        if (evidence_add_runtime(evidence, &runtime, &listed, arena, error))
            return -1;
    }
    return evidence_end_runtime(evidence, &runtime, error);
}

static int read_platform(struct span *rest, struct evidence *evidence, struct arena *arena,
                         struct error *error)
{
    if (!msgpack_read_key(rest, "platform") || !read_kind(rest, KIND_TDX, TDX_MEMBERS) ||
        !msgpack_read_key(rest, "quote") || !msgpack_read_bytes(rest, arena, &evidence->quote))
        return wrong(error, "platform");
    return read_events(rest, evidence, arena, error);
}

static int read_stack(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    struct span report_data;

    if (!msgpack_read_key(rest, "stack") || !read_kind(rest, KIND_STACK, STACK_MEMBERS) ||
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

    if (!read_map(&bytes, MEMBERS) || !msgpack_read_key(&bytes, "version") ||
        !msgpack_read_uint(&bytes, &version))
        return wrong(error, "its version");
    if (version != VERSION)
        return error_input(error, "version %u is not supported, only %d", (unsigned)version, VERSION);
    if (read_platform(&bytes, evidence, arena, error) || read_stack(&bytes, evidence, arena, error))
        return -1;
    return bytes.len == 0 ? 0 : error_input(error, "trailing bytes: %zu", bytes.len);
}

bool attestation_msgpack_begins(struct span bytes)
{
    return msgpack_is_map(bytes);
}
