#include "sim/tdx/attestation_scale.h"

#include "sim/base/cursor.h"
#include "sim/format/scale.h"

enum { VERSION = 0, PLATFORM_TDX = 0 };

static int cut(struct error *error, const char *where)
{
    return error_input(error, "it is cut short in %s, or a length there is wrong", where);
}

static int read_events(struct span *rest, struct evidence *evidence, struct arena *arena, struct error *error)
{
    size_t count;

    if (!scale_read_compact(rest, &count))
        return cut(error, "the number of events");
    for (size_t i = 0; i < count; i++) {
        struct evidence_event event;
        uint32_t imr, type;
        if (!scale_read_u32(rest, &imr) || !scale_read_u32(rest, &type) ||
            !scale_read_bytes(rest, &event.digest) || !scale_read_bytes(rest, &event.name) ||
            !scale_read_bytes(rest, &event.payload))
            return cut(error, "an event");
        event.imr = imr;
        event.type = type;
        if (evidence_add_event(evidence, &event, arena, error))
            return error_context(error, "event %zu", i + 1);
    }
    return 0;
}

static int read_runtime_events(struct span *rest, struct evidence *evidence, struct arena *arena,
                               struct error *error)
{
    struct evidence_runtime runtime = {.started = false};
    size_t count;

    if (!scale_read_compact(rest, &count))
        return cut(error, "the number of runtime events");
    for (size_t i = 0; i < count; i++) {
        struct span name, payload;
        if (!scale_read_bytes(rest, &name) || !scale_read_bytes(rest, &payload))
            return cut(error, "a runtime event");
        if (evidence_add_runtime(evidence, &runtime, name, payload, arena, error))
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
        return error_input(error, "version %u of platform %u is not read here, only 0 of 0 (TDX)", version,
                           platform);
    if (!scale_read_bytes(&bytes, &evidence->quote))
        return cut(error, "the quote");
    if (read_events(&bytes, evidence, arena, error) || read_runtime_events(&bytes, evidence, arena, error))
        return -1;
    if (!cursor_take(&bytes, QUOTE_REPORT_DATA_BYTES, &report_data) ||
        !scale_read_bytes(&bytes, &evidence->vm_config))
        return cut(error, "report data or config");
    if (bytes.len != 0)
        return error_input(error, "behind its end stand %zu more bytes", bytes.len);
    return evidence_set_report_data(evidence, report_data, error);
}
