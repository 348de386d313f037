/* The vm_config of a TD: which image it boots on which machine, JSON text that goes with its
 * quotes (dstack, TDX lite). */
#ifndef IMAGE_VM_CONFIG_H
#define IMAGE_VM_CONFIG_H

#include "sim/base/arena.h"
#include "sim/image/machine.h"
#include "sim/image/measurement_document.h"

/* As far as it is measured. Nothing in it is known to be true. */
struct vm_config {
    uint8_t os_image_hash[OS_IMAGE_HASH_BYTES];
    uint64_t memory_size;
    struct span checksum_file;
    struct span measurement; /* CBOR */
};

/* On the heap, NUL-terminated. */
char *vm_config_write(const struct measurement_document *document, const struct machine *machine,
                      size_t *len);

/* Fails on a variant or a memory size that the rules do not describe. Spans lie in the arena. */
MUST_CHECK int vm_config_read(struct span text, struct arena *arena, struct vm_config *config,
                              struct error *error);

#endif
