#include "sim/app/app_compose.h"

#include <stdlib.h>

#include "sim/app/app_compose_members.h"
#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"

#define UNKNOWN_BYTES 64 /* of a name that is shown */

static const char *provider_word(size_t index)
{
    static const char *const names[] = {
        [APP_KEY_PROVIDER_NONE] = "none",
        [APP_KEY_PROVIDER_LOCAL] = "local",
        [APP_KEY_PROVIDER_KMS] = "kms",
        [APP_KEY_PROVIDER_TPM] = "tpm",
    };

    return index < sizeof names / sizeof *names ? names[index] : NULL;
}

bool app_compose_wants_gateway(const struct app_compose *compose)
{
    return compose->gateway_enabled || compose->tproxy_enabled;
}

const char *app_compose_provider_name(enum app_key_provider provider)
{
    return provider_word(provider);
}

static int settle_key_provider(const struct app_compose_reading *reading, struct error *error)
{
    struct app_compose *compose = reading->compose;
    const char *given = json_string_value(reading->key_provider);

    if (!given) {
        compose->key_provider = reading->is_kms     ? APP_KEY_PROVIDER_KMS
                                : reading->is_local ? APP_KEY_PROVIDER_LOCAL
                                                    : APP_KEY_PROVIDER_NONE;
        return 0;
    }
    for (size_t i = 0; provider_word(i); i++)
        if (strcmp(given, provider_word(i)) == 0) {
            compose->key_provider = (enum app_key_provider)i;
            return 0;
        }
    return error_input(error, "key_provider is \"%.40s\"; it must be kms, local, tpm or none", given);
}

/* --- members --- */

static void add_unknown(struct app_compose *compose, struct span name)
{
    if (compose->unknown_count < APP_COMPOSE_UNKNOWN_MAX)
        compose->unknown[compose->unknown_count++] =
            memory_copy(name.data, name.len < UNKNOWN_BYTES ? name.len : UNKNOWN_BYTES);
}

/* Called for each member: of those that are unknown, nothing but the names are kept. */
static enum json_read_form form_of(const void *context, struct span name)
{
    const struct app_compose_reading *reading = context;

    if (app_compose_members_is_known(name))
        return JSON_READ_TREE;
    add_unknown(reading->compose, name);
    return JSON_READ_OMITTED;
}

static int read_members(struct app_compose_reading *reading, const json_t *root, struct error *error)
{
    const char *name;
    json_t *value;

    json_object_foreach(unconst(root), name, value)
    {
        if (app_compose_members_read(reading, name, value, error))
            return -1;
    }
    return settle_key_provider(reading, error);
}

int app_compose_parse(struct app_compose *compose, struct span json, struct error *error)
{
    struct app_compose_reading reading = {.compose = compose};
    const struct json_read_plan plan = {.form = form_of, .context = &reading, .depth = 1};
    json_t *root;
    int result;

    *compose = (struct app_compose){
        .name = memory_copy("", 0),
        .manifest_version = APP_COMPOSE_MANIFEST_VERSION_DEFAULT,
        .storage_fs = memory_copy(APP_COMPOSE_STORAGE_FS_DEFAULT, sizeof APP_COMPOSE_STORAGE_FS_DEFAULT - 1),
        .event_log_version = 1,
        .public_tcbinfo = true,
    };
    root = json_file_parse_planned(json, &plan, error);
    result = root ? read_members(&reading, root, error) : -1;
    json_decref(root);
    if (result)
        app_compose_free(compose);
    return result;
}

static void free_texts(char **texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
}

void app_compose_free(struct app_compose *compose)
{
    free(compose->name);
    free(compose->runner);
    free(compose->docker_compose_file);
    free(compose->storage_fs);
    free_texts(compose->allowed_envs, compose->allowed_env_count);
    free(compose->allowed_envs);
    free_texts(compose->init_scripts, compose->init_script_count);
    free(compose->requirements);
    free(compose->gpu_policy);
    free_texts(compose->unknown, compose->unknown_count);
    *compose = (struct app_compose){0};
}
