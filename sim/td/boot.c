#include "sim/td/boot.h"

#define STORAGE_FS "zfs"

int boot_measure(const struct os_image *image, const struct machine *machine, const struct identity *identity,
                 struct event_log *log, struct registers *registers, struct error *error)
{
    const struct text *provider = &identity->key_provider_info;
    const struct {
        const char *name;
        struct span payload;
    } sequence[] = {
        {"system-preparing", NO_SPAN},
        {"app-id", span_of(identity->app_id, sizeof identity->app_id)},
        {"compose-hash", span_of(identity->compose_hash, sizeof identity->compose_hash)},
        {"instance-id", span_of(identity->instance_id, sizeof identity->instance_id)},
        {"boot-mr-done", NO_SPAN},
        {"os-image-hash", span_of(identity->os_image_hash, sizeof identity->os_image_hash)},
        {"key-provider", span_of(provider->plain, provider->len)},
        {"storage-fs", span_text(STORAGE_FS)},
        {"system-ready", NO_SPAN},
    };

    if (measurement_boot(image, machine, log, registers, error))
        return error_context(error, "OS image");
    for (size_t i = 0; i < sizeof sequence / sizeof *sequence; i++)
        if (event_log_emit(log, registers, sequence[i].name, sequence[i].payload, error))
            return -1;
    return 0;
}
