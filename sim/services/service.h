/* What a service is: its methods, and what has to be known of it.
 *
 * Each lies in a file of its own, whose one exported name is `const struct service
 * <file>_service`, and has a row in registry.c. Names of --listen and of faults, the tags
 * of OpenAPI, the README's table and the manual follow from these. */
#ifndef SERVICES_SERVICE_H
#define SERVICES_SERVICE_H

#include "sim/rpc/call.h"
#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds pages that go with a service. */
typedef void service_pages(const struct site *site, struct router *router);

struct service {
    const char *name;                /* of --listen */
    const char *summary;             /* what it is, in a line for people */
    const ProtobufCService *methods; /* NULL: it has only pages */
    const char *direct;              /* its methods are also at <direct><Method>: "/", "/api/", or NULL */
    bool owns_short_paths;           /* keeps /prpc/<Method> where another service has the same method */
    bool is_control;             /* it changes the simulator: see router.h, and no faults for its methods */
    bool is_background;          /* see exchange.h */
    service_pages *const *pages; /* ends with NULL; or NULL. A listener has each of them once */
    const struct service *companion; /* found wherever this one is, once; or NULL */
};

/* What a handler answers for. call: its rpc_call. */
const struct site *service_site(const void *call);

#endif
