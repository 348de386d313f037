#include "sim/td/td_env.h"

#include <stdlib.h>

#include "crypto/bytes.h"
#include "sim/base/memory.h"
#include "sim/keys/kms_secrets.h"

void td_env_init(struct td_env *env, const struct kms *kms, const struct app *app,
                 const struct app_keys *keys, const uint8_t *app_id, struct span encrypted, const char *name)
{
    *env = (struct td_env){.kms = kms, .app = app, .keys = keys, .app_id = app_id};
    env->bytes = (uint8_t *)memory_copy(encrypted.data, encrypted.len);
    env->encrypted = span_of(env->bytes, encrypted.len);
    if (name)
        env->name = memory_copy(name, strlen(name));
}

void td_env_free(struct td_env *env)
{
    free(env->bytes);
    free(env->name);
}

bool td_env_is_ignored(const struct td_env *env)
{
    return env->app->says.key_provider != APP_KEY_PROVIDER_KMS && !env->keys->has_env_key;
}

/* It is encrypted to a key that the KMS returns for this app, on the main port or over TLS, or to the one in
 * its app keys file. */
static int find_secrets(const struct td_env *env, struct encrypted_env_secrets *secrets, struct error *error)
{
    kms_env_secret(env->kms, env->app_id, secrets->list[0]);
    if (kms_secrets_env_key(env->kms, env->app_id, secrets->list[1], error))
        return -1;
    secrets->count = 2;
    if (env->keys->has_env_key)
        memcpy(secrets->list[secrets->count++], env->keys->env_key, sizeof env->keys->env_key);
    return 0;
}

int td_env_decrypt(const struct td_env *env, struct span encrypted, struct arena *arena, struct env *out,
                   struct error *error)
{
    struct encrypted_env_secrets secrets = {.count = 0};
    int result;

    if (td_env_is_ignored(env))
        return error_input(
            error, "the app's key provider is \"%s\": without a KMS, an encrypted environment is ignored",
            app_compose_provider_name(env->app->says.key_provider));
    result = find_secrets(env, &secrets, error);
    if (result == 0)
        result = encrypted_env_decrypt(&secrets, env->app, encrypted, arena, out, error);
    bytes_wipe(&secrets, sizeof secrets);
    return result;
}

int td_env_check(struct td_env *env, struct error *error)
{
    struct env decrypted = {.count = 0};
    struct arena arena;
    int result = 0;

    arena_init(&arena);
    if (env->encrypted.len && !td_env_is_ignored(env))
        result = td_env_decrypt(env, env->encrypted, &arena, &decrypted, error);
    env->count = decrypted.count;
    env->dropped_count = decrypted.dropped_count;
    arena_free(&arena);
    return result && env->name ? error_context(error, "%s", env->name) : result;
}
