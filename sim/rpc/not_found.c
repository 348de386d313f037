#include "sim/rpc/not_found.h"

#include <stdlib.h>
#include <strings.h>

#include "sim/base/memory.h"
#include "sim/base/spelling.h"
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

/* Splits "Service.Method" at its last dot. Out: *service, empty without a dot. Returns the method. */
static struct span split(struct span name, struct span *service)
{
    const uint8_t *dot = memrchr(name.data, '.', name.len);
    size_t len = dot ? (size_t)(dot - name.data) : 0;

    *service = span_of(name.data, len);
    return dot ? span_of(dot + 1, name.len - len - 1) : name;
}

/* --- what was meant --- */

/* The methods of a directory, as names to compare with. */
struct names {
    const struct not_found *not_found;
    const struct not_found_row *like; /* a row of the directory */
    struct span service;              /* only methods of this one, or empty */
    bool is_full;                     /* with their services in front */
    struct arena *arena;
};

static bool is_service(const ProtobufCServiceDescriptor *service, struct span name)
{
    return strlen(service->short_name) == name.len &&
           strncasecmp(service->short_name, (const char *)name.data, name.len) == 0;
}

/* The index-th of these methods. Out: *row, where it is. Returns NULL past the last. */
static const char *find_method(const struct names *names, size_t index, const struct not_found_row **row)
{
    for (size_t i = 0; i < names->not_found->count; i++) {
        *row = &names->not_found->rows[i];
        if (strcmp((*row)->directory, names->like->directory) != 0 ||
            (names->service.len > 0 && !is_service((*row)->service, names->service)))
            continue;
        if (index < (*row)->service->n_methods)
            return (*row)->service->methods[index].name;
        index -= (*row)->service->n_methods;
    }
    return NULL;
}

static const char *full_name(const struct names *names, const struct not_found_row *row, const char *method)
{
    return arena_printf(names->arena, "%s.%s", row->service->short_name, method);
}

static const char *name_at(const void *context, size_t index)
{
    const struct names *names = context;
    const struct not_found_row *row;
    const char *method = find_method(names, index, &row);

    return method && names->is_full ? full_name(names, row, method) : method;
}

/* The name that resembles what was asked for, as it is to be written. Out: *row, where it is.
 * Returns NULL if there is none. */
static const char *nearest(const struct names *names, struct span typed, const struct not_found_row **row)
{
    const char *meant = spelling_nearest_in((const char *)typed.data, typed.len, names, name_at);
    const char *method;

    for (size_t i = 0; meant && (method = find_method(names, i, row)); i++)
        if (strcmp(name_at(names, i), meant) == 0)
            return names->like->has_service_names ? full_name(names, *row, method) : meant;
    return NULL;
}

static const char *guess(const struct not_found *not_found, const struct not_found_row *like,
                         struct span name, struct arena *arena, const struct not_found_row **row)
{
    struct names names = {.not_found = not_found, .like = like, .arena = arena};
    struct span method = name;

    if (like->has_service_names)
        method = split(name, &names.service);
    if (names.service.len > 0 && !find_method(&names, 0, row)) {
        names.service = SPAN_NONE; /* no such service: it may be the one that is misspelt */
        names.is_full = true;
        method = name;
    }
    return nearest(&names, method, row);
}

/* --- answers --- */

static void fail_method(const struct not_found *not_found, const struct not_found_row *row, struct span name,
                        struct exchange *exchange)
{
    const struct not_found_row *meant_row = row;
    const char *meant = guess(not_found, row, name, exchange->arena, &meant_row);
    struct span service;
    struct span method = row->has_service_names ? split(name, &service) : name;
    const char *hint = meant ? arena_printf(exchange->arena, "; did you mean %s?", meant) : "";
    int shown = (int)(method.len < NAME_BYTES ? method.len : NAME_BYTES);

    dispatch_fail(exchange, 404,
                  arena_printf(exchange->arena, "Service not found: %.*s%s", shown, (const char *)method.data,
                               meant_row->is_own ? hint : ""),
                  arena_printf(exchange->arena, "no such method%s", hint));
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
            fail_method(not_found, row, name, exchange);
            return;
        }
    }
    fail_path(&exchange->response);
}
