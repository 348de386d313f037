/* The vm_config of a TD: JSON text that accompanies its quotes and says which image it boots on
 * which machine, with what is measured of the image (dstack, TDX lite). Of a legacy machine it names no
 * variant: that alone tells a verifier not to go by the measurement. */
#ifndef IMAGE_VM_CONFIG_H
#define IMAGE_VM_CONFIG_H

#include "sim/base/arena.h"
#include "sim/image/machine.h"
#include "sim/image/measurement_document.h"

/* The parts that are measured, as read and not yet verified. */
struct vm_config {
    uint8_t os_image_hash[OS_IMAGE_HASH_BYTES];
    uint64_t memory_size;
    struct span checksum_file;
    struct span measurement; /* CBOR */
};

/* Returns NUL-terminated text on the heap. */
char *vm_config_write(const struct measurement_document *document, const struct machine *machine,
                      size_t *len);

/* Fails for the legacy variant, which cannot be computed, and for a firmware or memory size that the
 * rules do not describe. Spans point into the arena. */
MUST_CHECK int vm_config_read(struct span text, struct arena *arena, struct vm_config *config,
                              struct error *error);

#endif
