/* What describes a service: its methods, and how it is served.
 *
 * Each has its own file, whose only exported name is `const struct service <file>_service`,
 * and a row in registry.c, unless it is the companion of another. The names for --listen and for
 * faults, the tags in OpenAPI, the README's table and the manual are derived from these. */
#ifndef SERVICES_SERVICE_H
#define SERVICES_SERVICE_H

#include "sim/rpc/call.h"
#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds pages that go with a service. */
typedef void service_pages(const struct site *site, struct router *router);

struct service {
    const char *name;                  /* for --listen */
    const char *summary;               /* one line for users */
    const ProtobufCService *methods;   /* NULL if it has only pages */
    const struct router_mount *mounts; /* see router.h */
    bool owns_short_paths;             /* see router.h */
    bool is_control;             /* controls the simulator: see router.h; its methods cannot have faults */
    bool is_private;             /* a Unix socket that serves it is for the program's user only */
    bool is_background;          /* see exchange.h */
    bool is_lenient;             /* takes unknown arguments even with --strict, as the real service does */
    bool deploys;                /* changes which TDs there are: --no-control leaves it out, too */
    bool is_of_td;               /* answers for a TD, and not while that is halted */
    bool is_in_vms;              /* where the VMM is served, too, each TD has it at /vm/<id>/ */
    service_pages *const *pages; /* a NULL-terminated array, or NULL. A listener adds each only once */
    const struct service *const *companions; /* served along with this one; a NULL-terminated array, or
                                                NULL. A listener adds each only once */
};

bool service_has_companion(const struct service *service, const struct service *companion);

/* The site that a handler serves. call: its rpc_call. */
const struct site *service_site(const void *call);

#endif
