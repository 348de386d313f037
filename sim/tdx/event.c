#include "sim/tdx/event.h"

#include "sim/base/json_text.h"
#include "sim/format/jcs.h"

#define ACPI_IMR 0

static const char acpi_payload[] = "ACPI DATA"; /* without the NUL */

bool event_is_runtime(const struct event *event)
{
    return event->imr == EVENT_RUNTIME_IMR;
}

struct event event_acpi(const char *name, const uint8_t digest[static REGISTER_BYTES])
{
    struct event event = {
        .imr = ACPI_IMR,
        .type = EVENT_TYPE_ACPI,
        .name = name,
        .payload = (const uint8_t *)acpi_payload,
        .payload_len = sizeof acpi_payload - 1,
    };

    memcpy(event.digest, digest, REGISTER_BYTES);
    return event;
}

bool event_is_acpi(const struct event *event)
{
    return event->imr == ACPI_IMR && event->type == EVENT_TYPE_ACPI &&
           span_is(span_of(event->payload, event->payload_len), acpi_payload);
}

bool event_is_kept_in_cut(const struct event *event)
{
    return event_is_runtime(event) || event_is_acpi(event);
}

static void append_json(const struct event *event, struct buf *out)
{
    json_text_key(out, '{', "name");
    jcs_write_text(out, span_text(event->name));
    json_text_member_hex(out, ',', "payload", event->payload, event->payload_len);
    json_text_member_uint(out, ',', "type", EVENT_TYPE_RUNTIME);
    buf_append_byte(out, '}');
}

void event_preimage(const struct event *event, struct buf *out)
{
    if (event->version == EVENT_VERSION_2) {
        append_json(event, out);
        return;
    }
    buf_append_le32(out, EVENT_TYPE_RUNTIME);
    buf_append_byte(out, ':');
    buf_append_text(out, event->name);
    buf_append_byte(out, ':');
    buf_append(out, event->payload, event->payload_len);
}
