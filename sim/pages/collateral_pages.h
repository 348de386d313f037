/* Collateral: Intel's PCS paths (Intel PCS API, version 4) under /sgx/certification/v4 and
 * /tdx/certification/v4, and the root CRL where certificates say it is. */
#ifndef PAGES_COLLATERAL_PAGES_H
#define PAGES_COLLATERAL_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds every page; the site outlives the router. */
void collateral_pages_add(const struct site *site, struct router *router);

#endif
