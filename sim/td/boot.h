/* The boot of a TD: firmware, kernel, then dstack's own boot sequence, each step
 * measured (dstack, "Attestation": RTMR3 events). */
#ifndef TD_BOOT_H
#define TD_BOOT_H

#include "sim/td/td.h"

/* Fills registers, event log, os_image_hash, vm_config and key_provider_info of a
 * TD whose inputs and identity are set. */
MUST_CHECK int boot_td(struct td *td, struct error *error);

#endif
