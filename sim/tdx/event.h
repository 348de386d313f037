/* One event of a TD's log: what was measured into which register.
 *
 * Boot events follow the TCG formats. Events of IMR 3 are dstack's runtime events, whose
 * digest is the SHA-384 of a text made from name and payload, the preimage. */
#ifndef TDX_EVENT_H
#define TDX_EVENT_H

#include "sim/base/buf.h"
#include "sim/tdx/registers.h"

#define EVENT_RUNTIME_IMR RTMR_BOOT_COUNT
#define EVENT_TYPE_RUNTIME 0x08000001u
#define EVENT_TYPE_ACPI 0xau /* TCG's EV_PLATFORM_CONFIG_FLAGS */

/* How the preimage of a runtime event is written. The numbers are those of the formats. */
enum event_version {
    EVENT_VERSION_1 = 1, /* u32le type || ':' || name || ':' || payload */
    EVENT_VERSION_2 = 2, /* {"name":...,"payload":hex,"type":134217729}, in the form of jcs.h */
};

struct event {
    uint32_t imr;
    uint32_t type;
    uint8_t digest[REGISTER_BYTES];
    const char *name; /* UTF-8, may be empty */
    const uint8_t *payload;
    size_t payload_len;
    enum event_version version; /* of a runtime event */
    struct span preimage;       /* of version 2, which shows it; else empty */
    bool is_unlogged;           /* extended the register, but no log that is shown has it */
};

bool event_is_runtime(const struct event *event);

/* The RTMR0 event of one of the ACPI tables passed to the firmware; the name says which. */
struct event event_acpi(const char *name, const uint8_t digest[static REGISTER_BYTES]);
bool event_is_acpi(const struct event *event);

/* Whether a log that is shortened for a certificate has it. A verifier computes the others from the
 * OS image. */
bool event_is_kept_in_cut(const struct event *event);

/* Appends the preimage that follows from a runtime event's version, name and payload. */
void event_preimage(const struct event *event, struct buf *out);

#endif
