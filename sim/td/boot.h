/* The boot of a TD: firmware, kernel, then dstack's own boot sequence, each step
 * measured (dstack, "Attestation": RTMR3 events). */
#ifndef TD_BOOT_H
#define TD_BOOT_H

#include "sim/td/identity.h"

/* Boots up to the event boot-mr-done, after which the TD asks its key provider for its keys. The event log
 * must be empty; the registers are set. */
MUST_CHECK int boot_start(const struct os_image *image, const struct machine *machine,
                          const struct identity *identity, struct event_log *log, struct registers *registers,
                          struct error *error);

/* Appends the rest of the boot, up to system-ready. os_image_hash: the guest learns the hash of its own image
 * from the KMS alone. */
MUST_CHECK int boot_finish(const struct app_compose *compose, const struct identity *identity,
                           struct span os_image_hash, struct event_log *log, struct registers *registers,
                           struct error *error);

#endif
