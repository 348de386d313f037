#include "sim/rpc/routes.h"

#include <stdlib.h>

#include "sim/base/fnv1a.h"
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
    free(routes->slots);
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

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const struct route *)a)->path, ((const struct route *)b)->path);
}

/* The slot of that path, or the free one where it would be. Half of them are free at least. */
static uint16_t *slot_of(const struct routes *routes, struct span path)
{
    const size_t mask = routes->slot_count - 1;
    size_t at = fnv1a(path.data, path.len) & mask;

    while (routes->slots[at] && !span_equal(routes->list[routes->slots[at] - 1].key, path))
        at = (at + 1) & mask;
    return &routes->slots[at];
}

void routes_settle(struct routes *routes)
{
    if (routes->count == 0)
        return;
    qsort(routes->list, routes->count, sizeof *routes->list, compare_paths);
    for (routes->slot_count = 1; routes->slot_count < 2 * routes->count;)
        routes->slot_count *= 2;
    free(routes->slots);
    routes->slots = memory_zalloc(routes->slot_count * sizeof *routes->slots);
    for (size_t i = 0; i < routes->count; i++) {
        const struct span key = routes->list[i].key;

        *slot_of(routes, key) = (uint16_t)(i + 1);
        routes->longest = key.len > routes->longest ? key.len : routes->longest;
    }
}

const struct route *routes_find(const struct routes *routes, struct span path)
{
    size_t found;

    if (routes->count == 0 || path.len > routes->longest)
        return NULL;
    found = *slot_of(routes, path);
    return found ? &routes->list[found - 1] : NULL;
}
