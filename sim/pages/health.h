/* What probes ask, on every listener: /healthz answers 200 for as long as the program
 * answers at all, /readyz until it stops, and 503 from then on. There is nothing between
 * start and readiness to tell of: a listener's first answer comes when all is ready. */
#ifndef PAGES_HEALTH_H
#define PAGES_HEALTH_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds both pages; the site outlives the router. */
void health_add(const struct site *site, struct router *router);

#endif
