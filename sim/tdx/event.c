#include "sim/tdx/event.h"

#include "crypto/hash.h"

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

void event_runtime_digest(const char *name, struct span payload, uint8_t digest[static REGISTER_BYTES])
{
    uint8_t type[4];
    const struct bytes parts[] = {
        {type, sizeof type}, {":", 1}, {name, strlen(name)}, {":", 1}, {payload.data, payload.len},
    };

    bytes_put_le32(type, EVENT_TYPE_RUNTIME);
    hash_parts(HASH_SHA384, parts, sizeof parts / sizeof *parts, digest);
}
