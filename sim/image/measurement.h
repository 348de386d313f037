/* From an OS image and a machine to MRTD, RTMR0 to RTMR2 and the image hash, by
 * dstack's public "TDX lite" rules, so that a verifier recomputes the same. */
#ifndef IMAGE_MEASUREMENT_H
#define IMAGE_MEASUREMENT_H

#include "sim/base/buf.h"
#include "sim/image/machine.h"
#include "sim/image/os_image.h"
#include "sim/tdx/event_log.h"

/* Sets MRTD, zeroes the RTMRs, and measures the boot of the image on the machine:
 * the events of RTMR0, RTMR1 and RTMR2 in the order of the TCG log. */
MUST_CHECK int measurement_boot(const struct os_image *image, const struct machine *machine,
                                struct event_log *log, struct registers *registers, struct error *error);

/* RTMR0 to RTMR2 of such a boot, and MRTD single-pass, from what a verifier has: an image
 * whose command line is known by its digest alone (image->cmdline is not looked at). */
MUST_CHECK int measurement_recompute(const struct os_image *image,
                                     const uint8_t cmdline[static REGISTER_BYTES], uint64_t memory_size,
                                     struct registers *registers, struct error *error);

/* The image's measurement file and what names it. */
struct measurement_document {
    uint8_t os_image_hash[32]; /* SHA-256 of checksum_file */
    char checksum_file[128];   /* "<sha256 of measurement>  measurement.tdx.cbor\n" */
    struct buf measurement;    /* CBOR; buf_free it */
};
void measurement_document(const struct os_image *image, struct measurement_document *document);

/* The vm_config of that machine: JSON text, on the heap. */
char *measurement_vm_config(const struct measurement_document *document, const struct machine *machine,
                            size_t *len);

#endif
