/* Finds the method or page for a path.
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

/* faults must outlive the router; NULL means that no faults are injected. */
struct router *router_new(struct faults *faults);
void router_free(struct router *router);

struct router_service {
    const ProtobufCService *service; /* both outlive the router */
    const void *context;             /* passed to its handlers */
    const char *direct;    /* its methods are also found at <direct><Method>: "/", "/api/", or NULL */
    bool owns_short_paths; /* keeps /prpc/<Method> where another service has the same method */
    bool is_control;       /* exempt from a fault on every method, and unknown arguments are refused */
    bool is_background;    /* see exchange.h */
};

/* Adds every method at /prpc/<Service>.<Method>, at the direct path, and at
 * /prpc/<Method> unless another service of this router has that method. */
void router_add_service(struct router *router, const struct router_service *service);

/* A path that is not a method. Only a fault on exactly that path affects it. */
struct router_page {
    const char *path;    /* copied */
    enum http_verb verb; /* GET, which also answers HEAD, or POST */
    void (*serve)(const void *context, struct exchange *exchange);
    const void *context;
    bool is_prefix;     /* path ends with '/' and is followed by any one name */
    bool is_background; /* see exchange.h */

    const struct openapi_page *openapi;   /* for /openapi.json; NULL leaves the page out */
    void (*release)(const void *context); /* called by router_free, or NULL */
};
void router_add_page(struct router *router, const struct router_page *page);

/* The http_handler of this router, which it points to. Call it once everything is added. */
struct http_handler router_handler(struct router *router);

/* A path with its page or, if that is NULL, its service and method. */
struct router_path {
    const char *path;
    const struct router_page *page;
    const ProtobufCServiceDescriptor *service;
    const ProtobufCMethodDescriptor *method;
    bool is_strict; /* see dispatch.h */
};

/* The next path after *cursor, which starts at 0; false after the last. Skips the short forms
 * /prpc/<Method>. Paths are sorted once router_handler has been called. */
bool router_next_path(const struct router *router, size_t *cursor, struct router_path *path);

#endif
