/* CRLs at the paths of Intel's PCS API, version 4, and the root's at its distribution point. Like
 * Intel's, they may be read by scripts of all websites. */
#ifndef PAGES_CRL_PAGES_H
#define PAGES_CRL_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the pages; the site must outlive the router. */
void crl_pages_add(const struct site *site, struct router *router);

#endif
