/* Pages that are no methods: the root certificate that quotes chain to, at
 * /simulator/root-ca.pem and /simulator/root-ca.der. */
#ifndef PAGES_ROOT_PAGES_H
#define PAGES_ROOT_PAGES_H

#include "sim/rpc/router.h"
#include "sim/td/td.h"

struct root_pages {
    struct td *td;
};

/* td outlives it. */
void root_pages_init(struct root_pages *pages, struct td *td);

/* Adds every page; the pages outlive the router. */
void root_pages_add(struct root_pages *pages, struct router *router);

#endif
