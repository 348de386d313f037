#include "sim/td/launch_document.h"

#include <stdlib.h>
#include <strings.h>

#include "crypto/hash.h"
#include "sim/base/json_text.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"

/* --- writing --- */

static void write_gpu_policy(const struct app_compose *says, struct buf *out)
{
    uint8_t hash[GPU_POLICY_HASH_BYTES];

    gpu_policy_hash(says, hash);
    json_text_member_hex(out, ',', "gpu_policy_hash", hash, sizeof hash);
}

static void write_scripts(const struct app_compose *says, struct buf *out)
{
    uint8_t hash[IDENTITY_SCRIPT_HASH_BYTES];

    json_text_key(out, ',', "init_script_hashes");
    buf_append_byte(out, '[');
    for (size_t i = 0; i < says->init_script_count; i++) {
        if (i > 0)
            buf_append_byte(out, ',');
        hash_sha256(says->init_scripts[i], strlen(says->init_scripts[i]), hash);
        json_text_hex(out, hash, sizeof hash);
    }
    buf_append_byte(out, ']');
}

/* Which members a host writes; a guest checks all that it is given. */
struct choice {
    bool has_gpu_policy;
    bool has_scripts;
    bool has_instance_id;
    bool has_provider_id;
};

static void write(const struct app *app, const struct identity *identity, struct choice choice,
                  struct buf *out)
{
    const struct app_compose *says = &app->says;

    json_text_member_hex(out, '{', "app_id", identity->app_id, sizeof identity->app_id);
    json_text_member_hex(out, ',', "compose_hash", identity->compose_hash, sizeof identity->compose_hash);
    if (choice.has_gpu_policy)
        write_gpu_policy(says, out);
    if (choice.has_scripts)
        write_scripts(says, out);
    if (choice.has_instance_id)
        json_text_member_hex(out, ',', "instance_id", identity->instance_id, identity->instance_id_len);
    json_text_member(out, ',', "key_provider", app_compose_provider_name(says->key_provider));
    if (choice.has_provider_id)
        json_text_member_hex(out, ',', "key_provider_id", identity->key_provider_id,
                             identity->key_provider_id_len);
    json_text_member_uint(out, ',', "version", LAUNCH_DOCUMENT_VERSION);
    buf_append_byte(out, '}');
}

void launch_document_write(const struct app *app, const struct identity *identity, struct buf *out)
{
    const struct app_compose *says = &app->says;

    write(app, identity,
          (struct choice){
              .has_gpu_policy = identity->gpu_attestation.len > 0,
              .has_scripts = says->manifest_version >= LAUNCH_DOCUMENT_MANIFEST_WITH_SCRIPTS,
              .has_instance_id = identity->instance_id_len > 0,
              .has_provider_id = says->key_provider_id_len > 0,
          },
          out);
}

/* --- checking --- */

static bool is_same(const json_t *a, const json_t *b, bool is_hex)
{
    if (json_is_array(a) && json_array_size(a) == json_array_size(b)) {
        for (size_t i = 0; i < json_array_size(a); i++)
            if (!is_same(json_array_get(a, i), json_array_get(b, i), is_hex))
                return false;
        return true;
    }
    if (is_hex && json_is_string(a) && json_is_string(b))
        return strcasecmp(json_string_value(a), json_string_value(b)) == 0;
    return json_equal(a, b);
}

static int error_value(const char *name, const json_t *expected, struct error *error)
{
    char *text = json_dumps(expected, JSON_COMPACT | JSON_ENCODE_ANY);

    error_input(error, "%s must be %.300s, as in this TD", name, text);
    free(text);
    return -1;
}

static int check_members(const json_t *document, const json_t *own, struct error *error)
{
    const char *name;
    json_t *value;

    json_object_foreach(unconst(document), name, value)
    {
        const json_t *expected = json_object_get(own, name);

        if (!expected)
            return error_input(error, "the member \"%.40s\" is unknown", name);
        if (!json_is_null(value) && !is_same(value, expected, strcmp(name, "key_provider") != 0))
            return error_value(name, expected, error);
    }
    return 0;
}

int launch_document_check(const struct app *app, const struct identity *identity, struct span document,
                          struct error *error)
{
    const char *compose_hash, *provider;
    struct buf all;
    json_t *given = json_file_parse(document, error), *own;
    int result = -1;

    buf_init(&all, SIZE_MAX);
    write(app, identity, (struct choice){true, true, true, true}, &all);
    own = json_loadb((const char *)all.data, all.len, 0, NULL);
    if (given && json_file_string(given, "compose_hash", &compose_hash, error) == 0 &&
        json_file_string(given, "key_provider", &provider, error) == 0)
        result = check_members(given, own, error);
    json_decref(own);
    json_decref(given);
    buf_free(&all);
    return result;
}
