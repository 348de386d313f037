/* Collateral: the paths of Intel's PCS API, version 4, under /sgx/certification/v4 and
 * /tdx/certification/v4, and the root CRL at its distribution point. As Intel's, they may be read
 * by scripts of all websites. */
#ifndef PAGES_COLLATERAL_PAGES_H
#define PAGES_COLLATERAL_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the pages; the site must outlive the router. */
void collateral_pages_add(const struct site *site, struct router *router);

#endif
