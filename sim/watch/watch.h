/* What the program writes down of its clients: the observer that counts and logs. */
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

/* Log and stats outlive it, and it the server it observes. It may not be moved afterwards. */
void watch_init(struct watch *watch, struct log *log, struct stats *stats);

#endif
