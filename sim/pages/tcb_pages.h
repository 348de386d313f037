/* Signed documents about the platform's TCB at the paths of Intel's PCS API, version 4: TCB info, QE
 * identity and the list of evaluation data sets, under /sgx/certification/v4 and
 * /tdx/certification/v4. Like Intel's, they may be read by scripts of all websites. */
#ifndef PAGES_TCB_PAGES_H
#define PAGES_TCB_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the pages; the site must outlive the router. */
void tcb_pages_add(const struct site *site, struct router *router);

#endif
