/* A path of a router that is not a method. Only a fault on exactly that path affects it. */
#ifndef RPC_ROUTER_PAGE_H
#define RPC_ROUTER_PAGE_H

#include "sim/http/exchange.h"

struct openapi_page;

struct router_page {
    const char *path;    /* copied */
    enum http_verb verb; /* GET, which also answers HEAD, or POST */
    void (*serve)(const void *context, struct exchange *exchange);
    const void *context;
    bool is_prefix;     /* path ends with '/' and is followed by any one name */
    bool is_background; /* see exchange.h */
    bool is_public;     /* a browser lets the scripts of all websites read it (Fetch, 3.2: CORS) */

    const struct openapi_page *openapi;   /* for /openapi.json; NULL leaves the page out */
    void (*release)(const void *context); /* called by router_free, or NULL */
};

#endif
