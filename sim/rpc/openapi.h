/* /openapi.json: what a router serves, as a document of OpenAPI 3.1.
 *
 * It is made from what is served: service and message descriptors, the comments of sim/proto
 * (proto_docs.h), and what pages say of themselves. A method stands at /prpc/<Service>.<Method>
 * and at its direct path, with POST and, where a query string can hold its arguments, GET. */
#ifndef RPC_OPENAPI_H
#define RPC_OPENAPI_H

#include "sim/rpc/proto_docs.h"
#include "sim/rpc/router.h"

/* A parameter of a page: of its query string, or the name behind its path. */
struct openapi_parameter {
    const char *name;
    const char *text;    /* sentences */
    const char *schema;  /* JSON Schema of the values it takes */
    const char *example; /* JSON, or NULL */
    bool is_required;
};

/* What the document says of a page; lives as long as the router. */
struct openapi_page {
    const char *summary; /* a line without a period */
    const char *types;   /* content types of its answer, with ", " between them */
    /* Behind the last one stands one without a name; or NULL. The first one of a page that is a
     * prefix is the name behind the path. */
    const struct openapi_parameter *parameters;
    int other;              /* a status beside 200 that it answers in the same types, or 0 */
    const char *other_text; /* and what that means, a sentence */
};

/* What else the document says; lives as long as the router. */
struct openapi_info {
    const char *title;
    const char *version;
    const char *text; /* Markdown */
    const struct proto_docs *docs;
};

/* Adds the page /openapi.json, which documents all that the router serves in the end, itself
 * included. It is written when it is asked for first, and freed with the router. */
void openapi_add(struct router *router, const struct openapi_info *info);

/* Writes the document, once router_handler was called. */
void openapi_write(const struct router *router, const struct openapi_info *info, struct buf *out);

#endif
