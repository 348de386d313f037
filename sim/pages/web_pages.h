/* The dashboard's own files, embedded from sim/web at build time: index.html at /, the
 * others at /simulator/<name>. */
#ifndef PAGES_WEB_PAGES_H
#define PAGES_WEB_PAGES_H

#include "sim/rpc/router.h"

struct web_file {
    const char *name;          /* "dashboard.css" */
    const unsigned char *data; /* a NUL stands behind the last byte */
    size_t len;
};

/* The last entry has a NULL name. */
extern const struct web_file web_files[];

/* Adds a page for each file. */
void web_pages_add(struct router *router);

#endif
