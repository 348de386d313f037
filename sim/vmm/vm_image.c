#include "sim/vmm/vm_image.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/buf.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c && strchr("_-.", c));
}

bool vm_image_is_name(const char *name)
{
    const size_t len = strlen(name);

    for (size_t i = 0; i < len; i++)
        if (!is_name_byte(name[i]))
            return false;
    return len > 0 && len <= VM_IMAGE_NAME_BYTES_MAX && !strstr(name, "..");
}

static char *describe(const char *version)
{
    struct buf text;
    size_t len;

    buf_init(&text, SIZE_MAX);
    json_text_member(&text, '{', "version", version);
    json_text_key(&text, ',', "is_dev");
    buf_append_text(&text, "false");
    json_text_member(&text, ',', "ovmf_variant", "pre202505");
    buf_append_byte(&text, '}');
    return buf_take(&text, &len);
}

struct vm_image *vm_image_new(const char *name, const struct os_image *image, const char *metadata)
{
    struct vm_image *made = memory_zalloc(sizeof *made);

    snprintf(made->name, sizeof made->name, "%s", name);
    made->description = metadata ? memory_copy(metadata, strlen(metadata)) : describe(image->version);
    made->image = *image;
    return made;
}

const struct vm_image *vm_image_find(const struct vm_image *images, const char *name)
{
    for (; images; images = images->next)
        if (strcmp(images->name, name) == 0)
            return images;
    return NULL;
}

void vm_image_free(struct vm_image *image)
{
    if (!image)
        return;
    free(image->description);
    free(image);
}
