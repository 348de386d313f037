/* /openapi.json: what a router serves, as an OpenAPI 3.1 document.
 *
 * It is generated from service and message descriptors, the comments in sim/proto
 * (proto_docs.h), and the openapi_page of each page. It lists a method at
 * each of its paths but /prpc/<Method>, with POST and, if its arguments fit in a query string,
 * GET. */
#ifndef RPC_OPENAPI_H
#define RPC_OPENAPI_H

#include "sim/rpc/proto_docs.h"
#include "sim/rpc/router.h"

/* A parameter of a page: in its query string, or the name at the end of its path. */
struct openapi_parameter {
    const char *name;
    const char *text;    /* sentences */
    const char *schema;  /* JSON Schema of its values */
    const char *example; /* JSON, or NULL */
    bool is_required;
};

/* What the document says about a page; must live as long as the router. */
struct openapi_page {
    const char *summary; /* a line without a period */
    const char *types;   /* content types of the response, separated by ", " */
    /* An array that ends with a parameter without a name, or NULL. If the page is a prefix, the
     * first one is the name at the end of the path. */
    const struct openapi_parameter *parameters;
    int other;              /* a status other than 200 with the same content types, or 0 */
    const char *other_text; /* what that status means, a sentence */
};

/* The rest of the document; must live as long as the router. */
struct openapi_info {
    const char *title;
    const char *version;
    const char *text; /* Markdown */
    const struct proto_docs *docs;
};

#define OPENAPI_PATH "/openapi.json"

/* Adds the page, which documents everything that the router finally serves,
 * including itself. It is generated on the first request and freed with the router. */
void openapi_add(struct router *router, const char *path, const struct openapi_info *info);

/* Writes the document. Requires that router_handler has been called. */
void openapi_write(const struct router *router, const struct openapi_info *info, struct buf *out);

#endif
