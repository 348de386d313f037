/* Judges the health of every TD's app on a timer, and logs what has changed. Answers only show
 * the latest verdict: anyone may ask, as often as they like. */
#ifndef PROCESS_HEALTH_WATCH_H
#define PROCESS_HEALTH_WATCH_H

#include <uv.h>

#include "sim/base/log.h"
#include "sim/cluster/cluster.h"

#define HEALTH_WATCH_MILLIS 5000

struct health_watch {
    uv_timer_t timer;
    const struct cluster *cluster;
    struct log *log;
};

/* The first verdict is made once the loop runs. All of them outlive the watch. */
void health_watch_start(struct health_watch *watch, uv_loop_t *loop, const struct cluster *cluster,
                        struct log *log);

/* Allowed if it never started. */
void health_watch_stop(struct health_watch *watch);

#endif
