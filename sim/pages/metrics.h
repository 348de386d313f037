/* GET /metrics: metrics of the simulator and its process for Prometheus. */
#ifndef PAGES_METRICS_H
#define PAGES_METRICS_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds the page; the site must outlive the router. */
void metrics_add(const struct site *site, struct router *router);

/* Writes the contents of the page. Requests in progress, such as the one for the page, are
 * counted once they are answered. */
void metrics_write(const struct site *site, struct buf *out);

#endif
