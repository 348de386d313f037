/* One event of a TD's log: what was measured into which register.
 *
 * Boot events follow the TCG formats. Events of IMR 3 are dstack's runtime events, whose
 * digest is computed from name and payload. */
#ifndef TDX_EVENT_H
#define TDX_EVENT_H

#include "sim/base/span.h"
#include "sim/tdx/registers.h"

#define EVENT_RUNTIME_IMR RTMR_BOOT_COUNT
#define EVENT_TYPE_RUNTIME 0x08000001u
#define EVENT_TYPE_ACPI 0xau /* TCG's EV_PLATFORM_CONFIG_FLAGS */

struct event {
    uint32_t imr;
    uint32_t type;
    uint8_t digest[REGISTER_BYTES];
    const char *name; /* UTF-8, may be empty */
    const uint8_t *payload;
    size_t payload_len;
};

bool event_is_runtime(const struct event *event);

/* The RTMR0 event of one of the ACPI tables passed to the firmware; the name says which. */
struct event event_acpi(const char *name, const uint8_t digest[static REGISTER_BYTES]);
bool event_is_acpi(const struct event *event);

/* SHA-384(u32le type || ':' || name || ':' || payload). */
void event_runtime_digest(const char *name, struct span payload, uint8_t digest[static REGISTER_BYTES]);

#endif
