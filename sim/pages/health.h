/* Probes, on every listener: /healthz answers 200 as long as the program answers at all;
 * /readyz answers 200, and 503 once the program is stopping. Neither reports "not ready yet",
 * because a listener answers nothing before everything is ready. */
#ifndef PAGES_HEALTH_H
#define PAGES_HEALTH_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

/* Adds both pages; the site must outlive the router. */
void health_add(const struct site *site, struct router *router);

#endif
