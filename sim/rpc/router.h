/* Finds the method or page for a path.
 *
 * Paths are compared, and seen by faults and pages, as request_path.h reads them.
 *
 * A router is filled once from service descriptors and pages, then serves as the
 * handler of a listener. Several routers may share one service: each listener has
 * a router with its own set of services. */
#ifndef RPC_ROUTER_H
#define RPC_ROUTER_H

#include <protobuf-c/protobuf-c.h>

#include "sim/faults/faults.h"
#include "sim/http/exchange.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/router_page.h"

struct router;
struct token_guard;

/* faults must outlive the router; NULL means that no faults are injected. */
struct router *router_new(struct faults *faults);
void router_free(struct router *router);

/* What is added from now on answers only those who have the token, until the guard is set to NULL; one that
 * is still set in the end also guards unknown paths. It must outlive the router. */
void router_set_guard(struct router *router, const struct token_guard *guard);

/* A directory in which the methods of a service are found, each at <directory><Method>. */
struct router_mount {
    const char *directory;  /* begins and ends with '/'; NULL ends an array of mounts */
    bool has_service_names; /* also at <directory><Service>.<Method> */
    bool is_shared;         /* with other services: see below */
    bool is_extra;          /* the real agent does not have it */
    bool is_website;        /* any other name in it is an unknown page, not an unknown method */
};

/* Where the methods of all services meet. */
#define ROUTER_MOUNT_PRPC {.directory = "/prpc/", .has_service_names = true, .is_shared = true}
/* The same for a service that the real agent does not have there. */
#define ROUTER_MOUNT_PRPC_EXTRA                                                                              \
    {.directory = "/prpc/", .has_service_names = true, .is_shared = true, .is_extra = true}

struct router_service {
    const ProtobufCService *service;   /* all three outlive the router */
    const void *context;               /* passed to its handlers */
    const struct router_mount *mounts; /* NULL: ROUTER_MOUNT_PRPC only */
    bool owns_short_paths;    /* takes <directory><Method> of a shared mount from services added before */
    bool is_control;          /* exempt from a fault on every method, and unknown arguments are refused */
    bool is_background;       /* see exchange.h */
    enum codec_rigour rigour; /* unless it is a control */
    bool is_reduced;          /* leave out its mounts that are extra */
    const char *(*refusal)(const void *context); /* why it cannot answer now (503), or NULL; or NULL */
};

/* Adds every method at its mounts. In a shared one, <directory><Method> stays with the first service
 * that has the method there, unless a later one owns it. */
void router_add_service(struct router *router, const struct router_service *service);

/* Adds a path that is not a method. */
void router_add_page(struct router *router, const struct router_page *page);

/* A directory in which each name has the methods of another router: /vm/<name>/Info is its /Info. */
struct router_branch {
    const char *directory; /* begins and ends with '/'; outlives the router */
    struct router *inner;  /* taken over, with its guards. Its pages would not know the name */
    const void *context;   /* passed to enter */
    /* What a method of inner gets as its context for that name, such as from the exchange's arena.
     * Returns NULL once it has answered that there is none. */
    const void *(*enter)(const void *context, struct span name, struct exchange *exchange);
};

/* Sets the only one. */
void router_set_branch(struct router *router, const struct router_branch *branch);

/* The http_handler of this router, which it points to. Call it once everything is added. */
struct http_handler router_handler(struct router *router);

/* A path with its page or, if that is NULL, its service and method. */
struct router_path {
    const char *path;
    const struct router_page *page;
    const ProtobufCServiceDescriptor *service;
    const ProtobufCMethodDescriptor *method;
    enum codec_rigour rigour;        /* how its requests are read */
    const struct token_guard *guard; /* who may use it; NULL: everyone */
};

/* The next path after *cursor, which starts at 0; false after the last. Skips the short forms
 * of shared mounts, and what is in the branch. Paths are sorted once router_handler has been called. */
bool router_next_path(const struct router *router, size_t *cursor, struct router_path *path);

#endif
