/* The root certificate that quotes chain to, at /simulator/root-ca.pem and
 * /simulator/root-ca.der. */
#ifndef PAGES_ROOT_PAGES_H
#define PAGES_ROOT_PAGES_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds both pages; the site must outlive the router. */
void root_pages_add(const struct site *site, struct router *router);

#endif
