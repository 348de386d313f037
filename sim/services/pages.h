/* Pages that are no methods: the root certificate that quotes chain to, at
 * /simulator/root-ca.pem and /simulator/root-ca.der. */
#ifndef SERVICES_PAGES_H
#define SERVICES_PAGES_H

#include "sim/rpc/router.h"
#include "sim/td/td.h"

struct pages {
    struct td *td;
};

/* td outlives it. */
void pages_init(struct pages *pages, struct td *td);

/* Adds every page; the pages outlive the router. */
void pages_add(struct pages *pages, struct router *router);

#endif
