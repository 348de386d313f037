#include "sim/app/app.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/base/memory.h"
#include "sim/base/utf8.h"

int app_parse(struct app *app, struct span compose, struct error *error)
{
    *app = (struct app){0};
    if (!utf8_valid(compose.data, compose.len))
        return error_input(error, "must be UTF-8 text, because Info returns it unchanged");
    if (app_compose_parse(&app->says, compose, error))
        return -1;
    app->compose = memory_copy(compose.data, compose.len);
    app->compose_len = compose.len;
    hash_sha256(compose.data, compose.len, app->compose_hash);
    return 0;
}

void app_free(struct app *app)
{
    free(app->compose);
    app_compose_free(&app->says);
    *app = (struct app){0};
}
