/* From a path to what answers it.
 *
 * A router is filled once from service descriptors and pages, then serves as the
 * handler of a listener. Several routers may share one service: each listener has
 * a router with its own set of services. */
#ifndef RPC_ROUTER_H
#define RPC_ROUTER_H

#include <protobuf-c/protobuf-c.h>

#include "sim/faults/faults.h"
#include "sim/http/exchange.h"

struct router;
struct openapi_page;

/* faults outlives it; NULL: nothing goes wrong on purpose. */
struct router *router_new(struct faults *faults);
void router_free(struct router *router);

struct router_service {
    const ProtobufCService *service; /* both outlive the router */
    const void *context;             /* handed to its handlers */
    const char *direct;    /* its methods are also found at <direct><Method>: "/", "/api/", or NULL */
    bool owns_short_paths; /* keeps /prpc/<Method> where another service has the same method */
    bool is_control;       /* a fault for every method leaves it alone, and unknown arguments are refused */
    bool is_background;    /* see exchange.h */
};

/* Adds every method at /prpc/<Service>.<Method>, at the direct path, and at
 * /prpc/<Method> as long as no other service of this router has that method. */
void router_add_service(struct router *router, const struct router_service *service);

/* A path that is no method. Only a fault for that very path makes it go wrong. */
struct router_page {
    const char *path;    /* copied */
    enum http_verb verb; /* GET, which also answers HEAD, or POST */
    void (*serve)(const void *context, struct exchange *exchange);
    const void *context;
    bool is_prefix;     /* path ends with '/': serves whatever one name stands behind it */
    bool is_background; /* see exchange.h */

    const struct openapi_page *openapi;   /* what /openapi.json says of it; NULL: nothing */
    void (*release)(const void *context); /* called by router_free, or NULL */
};
void router_add_page(struct router *router, const struct router_page *page);

/* The http_handler of this router; it points into it. To be called when all is added. */
struct http_handler router_handler(struct router *router);

/* What is found at a path: a page, or else a method of a service. */
struct router_path {
    const char *path;
    const struct router_page *page;
    const ProtobufCServiceDescriptor *service;
    const ProtobufCMethodDescriptor *method;
    bool is_strict; /* see dispatch.h */
};

/* The next path behind *cursor, which is 0 at first; false behind the last. They are in order
 * once router_handler was called, and /prpc/<Method>, which is short for another, is left out. */
bool router_next_path(const struct router *router, size_t *cursor, struct router_path *path);

#endif
