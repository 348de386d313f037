#include "sim/rpc/routes.h"

#include <stdlib.h>

#include "sim/base/memory.h"

void routes_free(struct routes *routes)
{
    for (size_t i = 0; i < routes->count; i++) {
        if (routes->list[i].page.release)
            routes->list[i].page.release(routes->list[i].page.context);
        free(routes->list[i].path);
        free(routes->list[i].label);
    }
    free(routes->list);
}

struct route *routes_find_claim(struct routes *routes, const char *path)
{
    for (size_t i = 0; i < routes->count; i++)
        if (strcmp(routes->list[i].path, path) == 0)
            return &routes->list[i];
    return NULL;
}

struct route *routes_add(struct routes *routes, const char *path, const struct token_guard *guard)
{
    struct route *route;

    if (routes->count == routes->capacity) {
        routes->capacity = routes->capacity ? 2 * routes->capacity : 64;
        routes->list = memory_grow(routes->list, routes->capacity * sizeof *routes->list);
    }
    route = &routes->list[routes->count++];
    *route = (struct route){.path = memory_copy(path, strlen(path)), .guard = guard};
    route->key = span_text(route->path);
    return route;
}

static int compare_keys(struct span a, struct span b)
{
    int order = memcmp(a.data, b.data, a.len < b.len ? a.len : b.len);

    return order ? order : (a.len > b.len) - (a.len < b.len);
}

static int compare_routes(const void *a, const void *b)
{
    return compare_keys(((const struct route *)a)->key, ((const struct route *)b)->key);
}

void routes_settle(struct routes *routes)
{
    if (routes->count)
        qsort(routes->list, routes->count, sizeof *routes->list, compare_routes);
}

const struct route *routes_find(const struct routes *routes, struct span path)
{
    size_t low = 0, high = routes->count;

    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_keys(path, routes->list[middle].key);
        if (order == 0)
            return &routes->list[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}
