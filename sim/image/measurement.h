/* Computes MRTD and RTMR0 to RTMR2 of an OS image on a machine, by dstack's public "TDX lite"
 * rules, so that a verifier computes the same values. */
#ifndef IMAGE_MEASUREMENT_H
#define IMAGE_MEASUREMENT_H

#include "sim/image/machine.h"
#include "sim/image/os_image.h"
#include "sim/tdx/event_log.h"

#define MEASUREMENT_OVMF_VARIANT "pre202505" /* the firmware whose measurements these are */

/* Sets MRTD, zeroes the RTMRs, and measures the boot of the image on the machine: the events of
 * RTMR0, RTMR1 and RTMR2, in the order of the TCG log. On a legacy machine, what depends on QEMU is
 * synthetic: the TD HOB, the ACPI tables and, where QEMU changes it, the kernel. */
MUST_CHECK int measurement_boot(const struct os_image *image, const struct machine *machine,
                                struct event_log *log, struct registers *registers, struct error *error);

/* The same from what a verifier has. MRTD is the single-pass one. */
MUST_CHECK int measurement_recompute(const struct os_image *image, uint64_t memory_size,
                                     struct registers *registers, struct error *error);

#endif
