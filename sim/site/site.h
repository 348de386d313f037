/* What the services and pages of one listener answer for. */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include "sim/cluster/cluster.h"
#include "sim/faults/faults.h"
#include "sim/watch/stats.h"

/* Everything in it outlives the router that is made for it. */
struct site {
    struct cluster *cluster;
    struct td *td; /* whose listener it is; on the main port the first */

    /* The whole program's. */
    struct faults *faults;
    const struct faults *faults_at_start;                        /* what Reset goes back to */
    int (*check_fault)(const char *method, struct error *error); /* may a fault be set for it? */
    const struct stats *stats;
    const char *logs_dir;    /* or NULL */
    const bool *is_stopping; /* it takes no more requests */
    int64_t started_millis;  /* of the monotonic clock */
    int64_t process_started; /* Unix milliseconds, read once because it wavers; 0 when unknown */

    bool has_control; /* the Simulator is offered here; else nothing can be changed */

    /* Closes the listeners of the TD once the present answers are out; NULL where a Shutdown
     * is refused. */
    void (*shut_down)(void *data, struct td *td);
    void *data;
};

#endif
