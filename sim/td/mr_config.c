#include "sim/td/mr_config.h"

#include "crypto/hash.h"
#include "sim/base/memory.h"
#include "sim/format/json_file.h"
#include "sim/td/launch_document.h"

#define DOCUMENT_PREFIX "dstack-mr-config-v3:" /* and its NUL */

enum form { FORM_COMPOSE_HASH = 1, FORM_KEY_PROVIDER = 2, FORM_DOCUMENT = 3 };

int mr_config_document(struct span sys_config, char **document, struct error *error)
{
    json_t *root = json_file_parse(sys_config, error);
    const json_t *member = json_object_get(root, "mr_config");
    int result = root ? 0 : -1;

    *document = NULL;
    if (json_is_string(member))
        *document = memory_copy(json_string_value(member), json_string_length(member));
    else if (member && !json_is_null(member))
        result = error_input(error, "mr_config must be a string");
    json_decref(root);
    return result;
}

static void write_key_provider_form(const struct mr_config_launch *launch, uint8_t *digest)
{
    const struct app_compose *says = &launch->app->says;
    const struct identity *identity = launch->identity;
    const uint8_t kind = (uint8_t)says->key_provider;
    const struct bytes parts[] = {
        {identity->compose_hash, sizeof identity->compose_hash},
        {identity->app_id, sizeof identity->app_id},
        {&kind, 1},
        {says->key_provider_id, says->key_provider_id_len},
    };

    hash_parts(HASH_KECCAK256, parts, sizeof parts / sizeof *parts, digest);
}

static void write_document_form(struct span document, uint8_t *digest)
{
    const struct bytes parts[] = {
        {DOCUMENT_PREFIX, sizeof DOCUMENT_PREFIX},
        {document.data, document.len},
    };

    hash_parts(HASH_SHA256, parts, 2, digest);
}

static void write_own_document_form(const struct mr_config_launch *launch, uint8_t *digest)
{
    struct buf document;

    buf_init(&document, SIZE_MAX);
    launch_document_write(launch->app, launch->identity, &document);
    write_document_form(buf_span(&document), digest);
    buf_free(&document);
}

static enum form form_of(const struct mr_config_launch *launch)
{
    if (launch->document)
        return FORM_DOCUMENT;
    if (!launch->app->says.key_provider_id_len)
        return FORM_COMPOSE_HASH;
    return launch->writes_documents ? FORM_DOCUMENT : FORM_KEY_PROVIDER;
}

int mr_config_id(const struct mr_config_launch *launch, uint8_t id[static REGISTER_BYTES],
                 struct error *error)
{
    const struct identity *identity = launch->identity;

    memset(id, 0, REGISTER_BYTES);
    if (launch->is_left_zero && launch->app->says.key_provider_id_len)
        return error_input(error, "its key_provider_id needs MRCONFIGID, which is to be left zero");
    if (launch->is_left_zero)
        return 0;
    if (launch->document && launch_document_check(launch->app, identity, span_text(launch->document), error))
        return error_context(error, "mr_config of the sys-config");
    id[0] = (uint8_t)form_of(launch);
    if (id[0] == FORM_COMPOSE_HASH)
        memcpy(id + 1, identity->compose_hash, sizeof identity->compose_hash);
    else if (id[0] == FORM_KEY_PROVIDER)
        write_key_provider_form(launch, id + 1);
    else if (launch->document)
        write_document_form(span_text(launch->document), id + 1);
    else
        write_own_document_form(launch, id + 1);
    return 0;
}
