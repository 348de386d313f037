/* The OS images that TDs can be deployed with. */
#ifndef VMM_VM_IMAGE_H
#define VMM_VM_IMAGE_H

#include "sim/image/os_image.h"

#define VM_IMAGE_NAME_BYTES_MAX 64

struct vm_image {
    struct vm_image *next;
    char name[VM_IMAGE_NAME_BYTES_MAX + 1];
    bool is_dev;
    char *description; /* heap: its metadata as JSON */
    struct os_image image;
};

/* Letters, digits, '_', '-' and '.', but not "..", at most VM_IMAGE_NAME_BYTES_MAX. */
bool vm_image_is_name(const char *name);

/* Copies everything. metadata: its metadata.json, or NULL to make one. */
struct vm_image *vm_image_new(const char *name, const struct os_image *image, const char *metadata);

/* The one with that name in a list, or NULL. */
const struct vm_image *vm_image_find(const struct vm_image *images, const char *name);

void vm_image_free(struct vm_image *image);

#endif
