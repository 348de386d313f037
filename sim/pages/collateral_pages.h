/* The collateral service: Intel's PCS paths (Intel PCS API, version 4) under
 * /sgx/certification/v4 and /tdx/certification/v4, and the root CRL where
 * certificates say it is. */
#ifndef PAGES_COLLATERAL_PAGES_H
#define PAGES_COLLATERAL_PAGES_H

#include "sim/rpc/router.h"
#include "sim/td/td.h"

struct collateral_pages {
    struct td *td;
};

/* td outlives it. */
void collateral_pages_init(struct collateral_pages *pages, struct td *td);

/* Adds every page; the pages outlive the router. */
void collateral_pages_add(struct collateral_pages *pages, struct router *router);

#endif
