#include "sim/td/identity.h"

#include "crypto/hash.h"
#include "sim/base/hex.h"
#include "sim/base/json_text.h"
#include "sim/image/vm_config.h"

static void set_app_id(struct identity *identity, const struct app_keys *keys, struct span given)
{
    const uint8_t *app_id = identity->compose_hash;

    identity->app_id_source = IDENTITY_OF_COMPOSE_HASH;
    if (given.len) {
        identity->app_id_source = IDENTITY_OF_OPTION;
        app_id = given.data;
    } else if (keys->has_app_id) {
        identity->app_id_source = IDENTITY_OF_APP_KEYS;
        app_id = keys->app_id;
    }
    memcpy(identity->app_id, app_id, APP_ID_BYTES);
}

void identity_init(struct identity *identity, const struct app *app, const struct app_keys *keys,
                   const struct seed *seed, struct span app_id, const char *instance)
{
    struct buf which;

    memcpy(identity->compose_hash, app->compose_hash, sizeof identity->compose_hash);
    set_app_id(identity, keys, app_id);
    if (app->says.no_instance_id)
        return;
    identity->instance_id_len = sizeof identity->instance_id;
    buf_init(&which, SIZE_MAX);
    buf_append(&which, identity->app_id, APP_ID_BYTES);
    buf_append_text(&which, instance);
    seed_bytes(seed, "instance-id", buf_span(&which), identity->instance_id, APP_INSTANCE_ID_BYTES);
    buf_free(&which);
}

void identity_set_policies(struct identity *identity, const struct app_compose *compose)
{
    for (size_t i = 0; i < compose->init_script_count; i++)
        hash_sha256(compose->init_scripts[i], strlen(compose->init_scripts[i]),
                    identity->init_script_hashes[i]);
    identity->init_script_count = compose->init_script_count;
    gpu_policy_hash(compose, identity->gpu_policy_hash);
}

int identity_set_gpus(struct identity *identity, struct span evidence, struct error *error)
{
    return gpu_attestation_measure(evidence, &identity->gpu_attestation, error);
}

void identity_set_instance(struct identity *identity, const uint8_t seed[static APP_INSTANCE_ID_BYTES])
{
    const struct bytes parts[] = {{seed, APP_INSTANCE_ID_BYTES}, {identity->app_id, APP_ID_BYTES}};
    uint8_t digest[32];

    hash_parts(HASH_SHA256, parts, 2, digest);
    memcpy(identity->instance_id, digest, identity->instance_id_len);
}

void identity_set_image(struct identity *identity, const struct os_image *image,
                        const struct machine *machine)
{
    struct measurement_document document;
    size_t len;
    char *vm_config;

    measurement_document_write(image, &document);
    memcpy(identity->os_image_hash, document.os_image_hash, sizeof identity->os_image_hash);
    vm_config = vm_config_write(&document, machine, &len);
    text_set(&identity->vm_config, vm_config, len);
    buf_free(&document.measurement);
}

void identity_set_key_provider(struct identity *identity, enum app_key_provider provider, struct span id)
{
    const char *name = provider == APP_KEY_PROVIDER_LOCAL ? "local-sgx" : app_compose_provider_name(provider);
    struct buf out;
    size_t len;
    char *text;

    identity->key_provider_id_len = id.len;
    if (id.len)
        memcpy(identity->key_provider_id, id.data, id.len);
    buf_init(&out, SIZE_MAX);
    json_text_member(&out, '{', "name", name);
    json_text_member_hex(&out, ',', "id", identity->key_provider_id, identity->key_provider_id_len);
    buf_append_byte(&out, '}');
    text = buf_take(&out, &len);
    text_set(&identity->key_provider_info, text, len);
}

int identity_check_key_provider(const struct identity *identity, const struct app *app, struct error *error)
{
    const struct app_compose *says = &app->says;
    char id[2 * sizeof identity->key_provider_id + 1] = "";

    if (says->key_provider_id_len == 0 ||
        span_equal(span_of(says->key_provider_id, says->key_provider_id_len),
                   span_of(identity->key_provider_id, identity->key_provider_id_len)))
        return 0;
    hex_encode(identity->key_provider_id, identity->key_provider_id_len, id);
    return error_input(error, "its key_provider_id is not that of the key provider \"%s\", which is \"%s\"",
                       app_compose_provider_name(says->key_provider), id);
}

struct span identity_instance(const struct identity *identity)
{
    return span_of(identity->instance_id, identity->instance_id_len);
}

struct span identity_which(const struct identity *identity)
{
    return identity->instance_id_len ? identity_instance(identity)
                                     : span_of(identity->app_id, sizeof identity->app_id);
}

void identity_free(struct identity *identity)
{
    text_free(&identity->gpu_attestation);
    text_free(&identity->vm_config);
    text_free(&identity->key_provider_info);
}
