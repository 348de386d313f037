#include "sim/td/boot.h"

#include "sim/base/json_text.h"

#define STORAGE_FS "zfs"

static void describe_image(struct td *td)
{
    struct measurement_document document;
    size_t len;
    char *vm_config;

    measurement_document(&td->image, &document);
    memcpy(td->os_image_hash, document.os_image_hash, sizeof td->os_image_hash);
    vm_config = measurement_vm_config(&document, &td->machine, &len);
    text_set(&td->vm_config, vm_config, len);
    buf_free(&document.measurement);
}

/* {"name":"kms","id":...}: the CA that issues this app's certificates, by its key. */
static void describe_key_provider(struct td *td)
{
    uint8_t spki[X509_SPKI_BYTES];
    struct buf out;
    size_t len;
    char *text;

    x509_public_key_info(td->keys.ca.public_key, spki);
    buf_init(&out, SIZE_MAX);
    json_text_member(&out, '{', "name", "kms");
    json_text_member_hex(&out, ',', "id", spki, sizeof spki);
    buf_append_byte(&out, '}');
    text = buf_take(&out, &len);
    text_set(&td->key_provider_info, text, len);
}

int boot_td(struct td *td, struct error *error)
{
    describe_image(td);
    describe_key_provider(td);
    if (measurement_boot(&td->image, &td->machine, &td->log, &td->registers, error))
        return error_context(error, "OS image");

    const struct {
        const char *name;
        struct span payload;
    } sequence[] = {
        {"system-preparing", NO_SPAN},
        {"app-id", span_of(td->app_id, sizeof td->app_id)},
        {"compose-hash", span_of(td->app.compose_hash, sizeof td->app.compose_hash)},
        {"instance-id", span_of(td->instance_id, sizeof td->instance_id)},
        {"boot-mr-done", NO_SPAN},
        {"os-image-hash", span_of(td->os_image_hash, sizeof td->os_image_hash)},
        {"key-provider", span_of(td->key_provider_info.plain, td->key_provider_info.len)},
        {"storage-fs", span_text(STORAGE_FS)},
        {"system-ready", NO_SPAN},
    };
    for (size_t i = 0; i < sizeof sequence / sizeof *sequence; i++)
        if (event_log_emit(&td->log, &td->registers, sequence[i].name, sequence[i].payload, error))
            return -1;
    return 0;
}
