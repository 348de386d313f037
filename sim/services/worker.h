/* Worker: what a TD shows to everybody (sim/proto/worker.proto). */
#ifndef SERVICES_WORKER_H
#define SERVICES_WORKER_H

#include "proto/worker.pb-c.h"
#include "sim/td/td.h"

struct worker {
    Dstack__Worker_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
};

/* td outlives it. */
void worker_init(struct worker *worker, struct td *td);

#endif
