/* The paths of a router, and what each of them leads to. */
#ifndef RPC_ROUTES_H
#define RPC_ROUTES_H

#include "sim/rpc/dispatch.h"
#include "sim/rpc/router_page.h"
#include "sim/rpc/token_guard.h"

struct route {
    char *path; /* heap */
    struct span key;
    char *label; /* heap: "DstackGuest.GetQuote"; NULL for a page, whose label is its path */
    const struct token_guard *guard; /* or NULL */
    bool is_control;
    bool is_background;
    bool is_method;
    bool is_short; /* <Method> in a shared mount */
    struct dispatch_method method;
    const char *(*refusal)(const void *context); /* see router.h */
    struct router_page page;
};

/* All zero: none. Filled at first, then settled, then only looked at. */
struct routes {
    struct route *list; /* once settled, in the order of their paths */
    size_t count;
    size_t capacity;

    /* Private. */
    uint16_t *slots;   /* by hash of the path: which of the list, plus one */
    size_t slot_count; /* a power of two */
    size_t longest;    /* path: longer ones need no look */
};

void routes_free(struct routes *routes);

/* Adds a path, which is copied, to fill in what it leads to. The route is valid until the next one is added. */
struct route *routes_add(struct routes *routes, const char *path, const struct token_guard *guard);

/* The one that has been added with that path, or NULL. */
struct route *routes_find_claim(struct routes *routes, const char *path);

/* Call it after the last one has been added, before routes_find. */
void routes_settle(struct routes *routes);

/* The route of exactly that path, or NULL. */
const struct route *routes_find(const struct routes *routes, struct span path);

#endif
