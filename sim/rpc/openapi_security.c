#include "sim/rpc/openapi_security.h"

#include "sim/base/json_text.h"
#include "sim/rpc/token_guard.h"

static const struct {
    const char *name, *scheme;
    bool is_in_query;
} schemes[] = {
    {"bearer", "{\"type\":\"http\",\"scheme\":\"bearer\"}", false},
    {"basic",
     "{\"type\":\"http\",\"scheme\":\"basic\",\"description\":\"The token is the password, or the user "
     "with an empty password.\"}",
     false},
    {"header", "{\"type\":\"apiKey\",\"in\":\"header\",\"name\":\"X-Admin-Token\"}", false},
    {"query", "{\"type\":\"apiKey\",\"in\":\"query\",\"name\":\"token\"}", true},
};

#define SCHEMES (sizeof schemes / sizeof *schemes)

void openapi_security_write(const struct token_guard *guard, bool is_get, struct buf *out)
{
    char separator = '[';

    if (!guard)
        return;
    json_text_key(out, ',', "security");
    for (size_t i = 0; i < SCHEMES; i++) {
        if (schemes[i].is_in_query && !(is_get && guard->takes_query))
            continue;
        buf_printf(out, "%c{\"%s\":[]}", separator, schemes[i].name);
        separator = ',';
    }
    buf_append_byte(out, ']');
}

void openapi_security_refusal(const struct token_guard *guard, struct buf *out)
{
    if (guard)
        buf_append_text(out, ",\"401\":{\"description\":\"The token is missing, or another one.\"}");
}

static bool has_guard(const struct router *router)
{
    struct router_path path;

    for (size_t cursor = 0; router_next_path(router, &cursor, &path);)
        if (path.guard)
            return true;
    return false;
}

void openapi_security_schemes(const struct router *router, struct buf *out)
{
    if (!has_guard(router))
        return;
    json_text_key(out, ',', "securitySchemes");
    for (size_t i = 0; i < SCHEMES; i++)
        buf_printf(out, "%c\"%s\":%s", i > 0 ? ',' : '{', schemes[i].name, schemes[i].scheme);
    buf_append_byte(out, '}');
}
