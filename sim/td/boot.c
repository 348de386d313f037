#include "sim/td/boot.h"

#include "sim/tdx/event_names.h"

#define STEPS_MAX (7 + APP_COMPOSE_INIT_SCRIPTS_MAX)

/* The events of RTMR3. */
struct sequence {
    struct {
        const char *name;
        struct span payload;
    } steps[STEPS_MAX];
    size_t count;
};

static void add(struct sequence *sequence, const char *name, struct span payload)
{
    sequence->steps[sequence->count].name = name;
    sequence->steps[sequence->count].payload = payload;
    sequence->count++;
}

static void add_policies(struct sequence *sequence, const struct identity *identity)
{
    for (size_t i = 0; i < identity->init_script_count; i++)
        add(sequence, EVENT_NAME_INIT_SCRIPT_HASH,
            span_of(identity->init_script_hashes[i], IDENTITY_SCRIPT_HASH_BYTES));
    add(sequence, EVENT_NAME_GPU_POLICY_HASH, span_of(identity->gpu_policy_hash, GPU_POLICY_HASH_BYTES));
    if (identity->gpu_attestation.len)
        add(sequence, EVENT_NAME_GPU_ATTESTATION,
            span_of(identity->gpu_attestation.plain, identity->gpu_attestation.len));
}

static int emit(const struct sequence *sequence, struct event_log *log, struct registers *registers,
                struct error *error)
{
    for (size_t i = 0; i < sequence->count; i++)
        if (event_log_emit(log, registers, sequence->steps[i].name, sequence->steps[i].payload, error))
            return -1;
    return 0;
}

int boot_start(const struct os_image *image, const struct machine *machine, const struct identity *identity,
               struct event_log *log, struct registers *registers, struct error *error)
{
    struct sequence sequence = {.count = 0};

    if (measurement_boot(image, machine, log, registers, error))
        return error_context(error, "OS image");
    add(&sequence, EVENT_NAME_SYSTEM_PREPARING, SPAN_NONE);
    add(&sequence, EVENT_NAME_APP_ID, span_of(identity->app_id, sizeof identity->app_id));
    add(&sequence, EVENT_NAME_COMPOSE_HASH, span_of(identity->compose_hash, sizeof identity->compose_hash));
    if (os_image_is_0_6(image))
        add_policies(&sequence, identity);
    add(&sequence, EVENT_NAME_INSTANCE_ID, identity_instance(identity));
    add(&sequence, EVENT_NAME_BOOT_MR_DONE, SPAN_NONE);
    return emit(&sequence, log, registers, error);
}

int boot_finish(const struct app_compose *compose, const struct identity *identity, struct span os_image_hash,
                struct event_log *log, struct registers *registers, struct error *error)
{
    const struct text *provider = &identity->key_provider_info;
    struct sequence sequence = {.count = 0};

    if (compose->key_provider == APP_KEY_PROVIDER_KMS)
        add(&sequence, EVENT_NAME_OS_IMAGE_HASH, os_image_hash);
    add(&sequence, EVENT_NAME_KEY_PROVIDER, span_of(provider->plain, provider->len));
    add(&sequence, EVENT_NAME_STORAGE_FS, span_text(compose->storage_fs));
    add(&sequence, EVENT_NAME_SYSTEM_READY, SPAN_NONE);
    return emit(&sequence, log, registers, error);
}
