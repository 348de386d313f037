#include "sim/app/app.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"
#include "sim/format/json_file.h"

static int read_name(struct app *app, const json_t *root, struct error *error)
{
    const json_t *name = json_object_get(root, "name");

    if (name && !json_is_string(name))
        return error_input(error, "name must be a string");
    app->name = name ? memory_copy(json_string_value(name), json_string_length(name)) : memory_copy("", 0);
    return 0;
}

static int read_flag(const json_t *root, const char *name, bool missing, bool *value, struct error *error)
{
    const json_t *flag = json_object_get(root, name);

    if (flag && !json_is_boolean(flag))
        return error_input(error, "%s must be true or false", name);
    *value = flag ? json_is_true(flag) : missing;
    return 0;
}

int app_parse(struct app *app, struct span compose, struct error *error)
{
    json_t *root;
    int result;

    *app = (struct app){0};
    if (!utf8_valid(compose.data, compose.len))
        return error_input(error, "must be UTF-8 text, because Info returns it unchanged");
    root = json_file_parse(compose, error);
    if (!root)
        return -1;
    app->compose = memory_copy(compose.data, compose.len);
    app->compose_len = compose.len;
    hash_sha256(compose.data, compose.len, app->compose_hash);
    result = read_name(app, root, error) ||
                     read_flag(root, "public_tcbinfo", true, &app->public_tcbinfo, error) ||
                     read_flag(root, "public_logs", false, &app->public_logs, error)
                 ? -1
                 : 0;
    json_decref(root);
    if (result)
        app_free(app);
    return result;
}

void app_free(struct app *app)
{
    free(app->compose);
    free(app->name);
    *app = (struct app){0};
}
