/* GET /metrics: what Prometheus reads of the simulator and of its process. */
#ifndef PAGES_METRICS_H
#define PAGES_METRICS_H

#include "sim/faults/faults.h"
#include "sim/rpc/router.h"
#include "sim/td/td.h"
#include "sim/watch/stats.h"

struct metrics {
    const struct td *td;
    const struct faults *faults;
    const struct stats *stats;
    int64_t started; /* Unix milliseconds */
};

/* All of them outlive it. */
void metrics_init(struct metrics *metrics, const struct td *td, const struct faults *faults,
                  const struct stats *stats);

/* Adds the page; the metrics outlive the router. */
void metrics_add(struct metrics *metrics, struct router *router);

/* What the page shows. A request in hand, such as the one for the page, is counted once
 * it is answered. */
void metrics_write(const struct metrics *metrics, struct buf *out);

#endif
