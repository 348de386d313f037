/* The OS images that TDs can be deployed with. */
#ifndef VMM_VM_IMAGE_H
#define VMM_VM_IMAGE_H

#include "sim/base/error.h"
#include "sim/base/span.h"

#define VM_IMAGE_NAME_BYTES_MAX 64
#define VM_IMAGE_VERSION_BYTES 32

struct vm_image {
    struct vm_image *next;
    char name[VM_IMAGE_NAME_BYTES_MAX + 1];
    char version[VM_IMAGE_VERSION_BYTES];
    bool is_dev;
    char *description; /* heap: its metadata as JSON */
    char *measured;    /* heap: what td_config.os_image takes */
    size_t measured_len;
};

/* Letters, digits, '_', '-' and '.', but not "..", at most VM_IMAGE_NAME_BYTES_MAX. */
bool vm_image_is_name(const char *name);

/* An image from what it is measured into, an os-image.json. Copies everything. */
struct vm_image *vm_image_new(const char *name, const char *version, struct span os_image);

/* The one with that name in a list, or NULL. */
const struct vm_image *vm_image_find(const struct vm_image *images, const char *name);

void vm_image_free(struct vm_image *image);

#endif
