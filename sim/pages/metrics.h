/* GET /metrics: what Prometheus reads of the simulator and of its process. */
#ifndef PAGES_METRICS_H
#define PAGES_METRICS_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the page; the site outlives the router. */
void metrics_add(const struct site *site, struct router *router);

/* What the page shows. A request in hand, such as the one for the page, is counted once
 * it is answered. */
void metrics_write(const struct site *site, struct buf *out);

#endif
