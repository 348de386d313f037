#include "sim/td/boot.h"

#include "sim/tdx/event_names.h"

#define STORAGE_FS "zfs"

int boot_measure(const struct os_image *image, const struct machine *machine, const struct identity *identity,
                 struct event_log *log, struct registers *registers, struct error *error)
{
    const struct text *provider = &identity->key_provider_info;
    const struct {
        const char *name;
        struct span payload;
    } sequence[] = {
        {EVENT_NAME_SYSTEM_PREPARING, SPAN_NONE},
        {EVENT_NAME_APP_ID, span_of(identity->app_id, sizeof identity->app_id)},
        {EVENT_NAME_COMPOSE_HASH, span_of(identity->compose_hash, sizeof identity->compose_hash)},
        {EVENT_NAME_INSTANCE_ID, span_of(identity->instance_id, sizeof identity->instance_id)},
        {EVENT_NAME_BOOT_MR_DONE, SPAN_NONE},
        {EVENT_NAME_OS_IMAGE_HASH, span_of(identity->os_image_hash, sizeof identity->os_image_hash)},
        {EVENT_NAME_KEY_PROVIDER, span_of(provider->plain, provider->len)},
        {EVENT_NAME_STORAGE_FS, span_text(STORAGE_FS)},
        {EVENT_NAME_SYSTEM_READY, SPAN_NONE},
    };

    if (measurement_boot(image, machine, log, registers, error))
        return error_context(error, "OS image");
    for (size_t i = 0; i < sizeof sequence / sizeof *sequence; i++)
        if (event_log_emit(log, registers, sequence[i].name, sequence[i].payload, error))
            return -1;
    return 0;
}
