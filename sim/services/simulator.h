/* Simulator: controls that no real TD has (sim/proto/simulator.proto). */
#ifndef SERVICES_SIMULATOR_H
#define SERVICES_SIMULATOR_H

#include "proto/simulator.pb-c.h"
#include "sim/td/td.h"

struct simulator_service {
    Dstack__Simulator_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
};

/* td outlives it. */
void simulator_service_init(struct simulator_service *simulator, struct td *td);

#endif
