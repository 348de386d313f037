/* Which services a listener offers, and where they are found on it. */
#ifndef PROCESS_ROUTES_H
#define PROCESS_ROUTES_H

#include "sim/pages/collateral_pages.h"
#include "sim/pages/health.h"
#include "sim/pages/logs.h"
#include "sim/pages/metrics.h"
#include "sim/pages/root_pages.h"
#include "sim/pages/web_pages.h"
#include "sim/rpc/router.h"
#include "sim/services/dashboard.h"
#include "sim/services/guest_agent.h"
#include "sim/services/guest_api.h"
#include "sim/services/kms_service.h"
#include "sim/services/simulator.h"
#include "sim/services/tappd.h"
#include "sim/services/verifier.h"
#include "sim/services/worker.h"

/* Every service of one TD. */
struct services {
    struct faults faults;
    bool no_control;
    struct guest_agent guest_agent;
    struct tappd tappd;
    struct worker worker;
    struct guest_api guest_api;
    struct guest_api host_api; /* the same with Shutdown, for listeners that name it */
    struct kms_service kms;
    struct simulator_service simulator;
    struct dashboard dashboard;
    struct dashboard public_dashboard; /* the same read-only, for listeners without the controls */
    struct collateral_pages collateral;
    struct verifier verifier;
    struct logs logs;
    struct root_pages pages;
    struct metrics metrics;
    struct health health;
};

/* What the services need beside the TD. */
struct services_config {
    const char *logs_dir; /* or NULL */
    char *const *faults;  /* each good for fault_spec_parse */
    size_t fault_count;
    const struct stats *stats;
    bool no_control;              /* the Simulator is served nowhere */
    void (*shutdown)(void *data); /* ends the program once the present answers are out */
    void *data;
};

/* td and what config points to outlive it. Fails when a fault cannot be set. Free it with
 * services_free, also after a failure or when it is all zero. */
MUST_CHECK int services_init(struct services *services, struct td *td, const struct services_config *config,
                             struct error *error);
void services_free(struct services *services);

/* A router for a set of enum service_bit; free it with router_free before services.
 * GuestApi's Shutdown works where the set was chosen, not on a listener of everything. */
struct router *routes_new(struct services *services, unsigned set);

#endif
