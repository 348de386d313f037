/* What probes ask, on every listener: /healthz answers 200 for as long as the program
 * answers at all, /readyz until it stops, and 503 from then on. There is nothing between
 * start and readiness to tell of: a listener's first answer comes when all is ready. */
#ifndef PAGES_HEALTH_H
#define PAGES_HEALTH_H

#include "sim/rpc/router.h"

struct health {
    bool is_stopping; /* set once, by whoever stops the program */
};

/* Adds both pages; the health outlives the router. */
void health_add(struct health *health, struct router *router);

#endif
