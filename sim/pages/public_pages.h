/* Pages that scripts of all websites may read, as those of Intel: the root certificate and collateral. */
#ifndef PAGES_PUBLIC_PAGES_H
#define PAGES_PUBLIC_PAGES_H

#include "sim/rpc/openapi.h"
#include "sim/site/site.h"

struct public_page {
    const char *path;
    void (*serve)(const void *context, struct exchange *exchange); /* the context is the site */
    const struct openapi_page *openapi;
};

/* Adds the pages; site and openapi must outlive the router. */
void public_pages_add(const struct site *site, struct router *router, const struct public_page *pages,
                      size_t count);

#endif
