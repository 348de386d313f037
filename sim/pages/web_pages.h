/* The dashboard's files, embedded from sim/web at build time: index.html at /, the others
 * at /simulator/<name>. */
#ifndef PAGES_WEB_PAGES_H
#define PAGES_WEB_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds a page for each file; they are the same for every site. */
void web_pages_add(const struct site *site, struct router *router);

/* What dstack's VMM has elsewhere: the same page where its console is, /v1 and /beta, and the page that its
 * console opens, /api-docs/docs, which shows /api-docs/openapi.json. */
void web_pages_add_console(const struct site *site, struct router *router);

#endif
