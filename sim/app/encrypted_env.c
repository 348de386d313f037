#include "sim/app/encrypted_env.h"

#include <ctype.h>
#include <jansson.h>

#include "crypto/aes_gcm.h"
#include "crypto/x25519.h"
#include "sim/base/hex.h"
#include "sim/format/json_file.h"

#define KEY_BYTES 32
#define OVERHEAD_BYTES (KEY_BYTES + AES_GCM_IV_BYTES + AES_GCM_TAG_BYTES)

static int try_key(const uint8_t secret[static KEY_BYTES], struct span encrypted, uint8_t *text,
                   size_t text_len)
{
    const uint8_t *iv = encrypted.data + KEY_BYTES;
    const uint8_t *sealed = iv + AES_GCM_IV_BYTES;
    uint8_t shared[KEY_BYTES];
    int wrong = x25519_shared(secret, encrypted.data, shared) ||
                aes_gcm_decrypt(shared, iv, sealed, text_len, sealed + text_len, text);

    bytes_wipe(shared, sizeof shared);
    return wrong;
}

static int open_box(const struct encrypted_env_secrets *secrets, struct span encrypted, struct arena *arena,
                    struct span *plain, struct error *error)
{
    bool is_open = false;
    uint8_t *text;

    if (encrypted.len == 0)
        return error_input(error,
                           "no environment was given; pass encrypted_env or start with --encrypted-env");
    if (encrypted.len < OVERHEAD_BYTES)
        return error_input(
            error,
            "the encrypted environment is truncated: expected at least %d bytes (key, IV and tag), not %zu",
            OVERHEAD_BYTES, encrypted.len);
    *plain = span_of(NULL, encrypted.len - OVERHEAD_BYTES);
    text = arena_alloc(arena, plain->len);
    plain->data = text;
    for (size_t i = 0; i < secrets->count && !is_open; i++)
        is_open = try_key(secrets->list[i], encrypted, text, plain->len) == 0;
    if (!is_open)
        return error_input(
            error, "the encrypted environment cannot be decrypted: it is damaged or encrypted for another "
                   "app (GetAppEnvEncryptPubKey with this app's id returns the right key)");
    return 0;
}

static bool is_shell_name(const char *name)
{
    if (!*name || isdigit((unsigned char)*name))
        return false;
    for (; *name; name++)
        if (!isalnum((unsigned char)*name) && *name != '_')
            return false;
    return true;
}

static bool is_allowed(const struct app_compose *compose, const char *name)
{
    for (size_t i = 0; i < compose->allowed_env_count; i++)
        if (strcmp(compose->allowed_envs[i], name) == 0)
            return true;
    return false;
}

static int read_var(const json_t *entry, struct arena *arena, struct env_var *var, struct error *error)
{
    const char *key, *value;

    if (!json_is_object(entry))
        return error_input(error, "must be an object with key and value");
    if (json_file_string(entry, "key", &key, error) || json_file_string(entry, "value", &value, error))
        return -1;
    /* Not quoted: it may be NAME=VALUE, and the console of a deployed TD shows this sentence. */
    if (!is_shell_name(key))
        return error_input(error,
                           "key is not a valid variable name: use letters, digits and _, no digit first");
    var->key = arena_copy(arena, key, strlen(key));
    var->value = arena_copy(arena, value, strlen(value));
    return 0;
}

static int read_vars(const json_t *root, const struct app_compose *compose, struct arena *arena,
                     struct env *env, struct error *error)
{
    const json_t *list = json_file_member(root, "env", error);

    if (!list)
        return -1;
    if (!json_is_array(list))
        return error_input(error, "env must be an array");
    env->vars = arena_alloc(arena, (json_array_size(list) + 1) * sizeof *env->vars);
    env->dropped = arena_alloc(arena, (json_array_size(list) + 1) * sizeof *env->dropped);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct env_var var;

        if (read_var(json_array_get(list, i), arena, &var, error))
            return error_context(error, "env, element %zu", i + 1);
        if (is_allowed(compose, var.key))
            env->vars[env->count++] = var;
        else
            env->dropped[env->dropped_count++] = var.key;
    }
    return 0;
}

int encrypted_env_decrypt(const struct encrypted_env_secrets *secrets, const struct app *app,
                          struct span encrypted, struct arena *arena, struct env *env, struct error *error)
{
    struct span plain;
    json_t *root;
    int result = -1;

    *env = (struct env){.count = 0};
    if (open_box(secrets, encrypted, arena, &plain, error))
        return -1;
    root = json_file_parse(plain, error);
    if (root)
        result = read_vars(root, &app->says, arena, env, error);
    json_file_forget(root);
    return result ? error_context(error, "the decrypted environment") : 0;
}

static struct span trim(struct span text)
{
    while (text.len && isspace(text.data[0]))
        text = span_of(text.data + 1, text.len - 1);
    while (text.len && isspace(text.data[text.len - 1]))
        text.len--;
    return text;
}

struct span encrypted_env_from_file(struct span file, struct arena *arena)
{
    struct span text = trim(file);
    uint8_t *bytes = arena_alloc(arena, text.len / 2 + 1);
    size_t len, bad_at;

    if (hex_decode((const char *)text.data, text.len, bytes, &len, &bad_at) == HEX_OK)
        return span_of(bytes, len);
    return file;
}
