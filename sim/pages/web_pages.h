/* The dashboard's own files, embedded from sim/web at build time: index.html at /, the
 * others at /simulator/<name>. */
#ifndef PAGES_WEB_PAGES_H
#define PAGES_WEB_PAGES_H

#include "sim/rpc/router.h"

/* Adds a page for each file. */
void web_pages_add(struct router *router);

#endif
