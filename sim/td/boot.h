/* The boot of a TD: firmware, kernel, then dstack's own boot sequence, each step
 * measured (dstack, "Attestation": RTMR3 events). */
#ifndef TD_BOOT_H
#define TD_BOOT_H

#include "sim/td/identity.h"

/* Fills the registers and the event log, which must be empty. */
MUST_CHECK int boot_measure(const struct os_image *image, const struct machine *machine,
                            const struct identity *identity, struct event_log *log,
                            struct registers *registers, struct error *error);

#endif
