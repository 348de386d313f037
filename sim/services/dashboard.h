/* Dashboard: what the page at / shows (sim/proto/dashboard.proto). */
#ifndef SERVICES_DASHBOARD_H
#define SERVICES_DASHBOARD_H

#include "proto/dashboard.pb-c.h"
#include "sim/services/simulator.h"
#include "sim/tdx/event_chain.h"
#include "sim/watch/stats.h"

#define DASHBOARD_EVENTS_MAX 256        /* in one answer */
#define DASHBOARD_PAYLOAD_BYTES_MAX 128 /* of each event */

struct dashboard {
    Dstack__Dashboard_Service service; /* first: handlers get back from it to the struct */
    const struct simulator_service *simulator;
    const struct stats *stats;
    bool read_only;
    struct event_chain chain;
    uint64_t chain_reverts; /* td->reverts that the chain belongs to */
    int64_t started;        /* seconds of the monotonic clock */
    uint64_t first_generation;
};

/* Both outlive it. read_only: for listeners where nothing can be changed; what the app keeps
 * from the public is then not shown. */
void dashboard_init(struct dashboard *dashboard, const struct simulator_service *simulator,
                    const struct stats *stats, bool read_only);

#endif
