#include "sim/rpc/not_found.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/rpc/dispatch.h"

#define NAME_BYTES 200 /* shown of a method's name */

void not_found_free(struct not_found *not_found)
{
    free(not_found->rows);
    *not_found = (struct not_found){.rows = NULL};
}

void not_found_add(struct not_found *not_found, const struct not_found_row *row)
{
    if (not_found->count == not_found->capacity) {
        not_found->capacity = not_found->capacity ? 2 * not_found->capacity : 16;
        not_found->rows = memory_grow(not_found->rows, not_found->capacity * sizeof *not_found->rows);
    }
    not_found->rows[not_found->count++] = *row;
}

/* The one segment that follows the row's directory in the path, or nothing. */
static struct span name_in(const struct not_found_row *row, struct span path)
{
    size_t len = strlen(row->directory);
    struct span name;

    if (path.len <= len || memcmp(path.data, row->directory, len) != 0)
        return SPAN_NONE;
    name = span_of(path.data + len, path.len - len);
    return memchr(name.data, '/', name.len) ? SPAN_NONE : name;
}

static struct span drop_service(struct span name)
{
    const uint8_t *dot = memrchr(name.data, '.', name.len);
    size_t len = dot ? (size_t)(dot + 1 - name.data) : 0;

    return span_of(name.data + len, name.len - len);
}

static void fail_method(struct exchange *exchange, struct span name)
{
    int shown = (int)(name.len < NAME_BYTES ? name.len : NAME_BYTES);

    dispatch_fail(exchange, 404,
                  arena_printf(exchange->arena, "Service not found: %.*s", shown, (const char *)name.data),
                  "no such method");
}

static void fail_path(struct http_response *response)
{
    buf_reset(response->body);
    buf_append_text(response->body,
                    "404 Not Found: nothing is served at this path; /openapi.json lists what is.\n");
    response->status = 404;
    response->content_type = "text/plain";
    exchange_explain(response, "nothing is served at this path");
}

void not_found_serve(const struct not_found *not_found, struct exchange *exchange)
{
    for (size_t i = 0; i < not_found->count; i++) {
        const struct not_found_row *row = &not_found->rows[i];
        struct span name = name_in(row, exchange->request.path);

        if (name.len > 0) {
            fail_method(exchange, row->has_service_names ? drop_service(name) : name);
            return;
        }
    }
    fail_path(&exchange->response);
}
