/* The observer that counts and logs requests. */
#ifndef WATCH_WATCH_H
#define WATCH_WATCH_H

#include "sim/base/log.h"
#include "sim/http/http_answer.h"
#include "sim/watch/stats.h"

struct watch {
    struct log *log;
    struct stats *stats;
    struct http_observer observer;
};

/* log and stats must outlive the watch, and the watch its server. It must not be moved afterwards. */
void watch_init(struct watch *watch, struct log *log, struct stats *stats);

#endif
