/* Simulator: controls that no real TD has (sim/proto/simulator.proto). */
#ifndef SERVICES_SIMULATOR_H
#define SERVICES_SIMULATOR_H

#include "proto/simulator.pb-c.h"
#include "sim/faults/faults.h"
#include "sim/td/td.h"

#define SIMULATOR_SNAPSHOTS_MAX 64

struct simulator_service {
    Dstack__Simulator_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
    struct faults *faults;

    /* What Reset goes back to. */
    struct td_snapshot at_start;
    struct faults faults_at_start;

    struct {
        uint32_t id;
        struct td_snapshot state;
    } snapshots[SIMULATOR_SNAPSHOTS_MAX];
    size_t snapshot_count;
    uint32_t last_id; /* no id is given twice */
};

/* Both outlive it; as they are now, they are at the start. Free it with simulator_service_free. */
void simulator_service_init(struct simulator_service *simulator, struct td *td, struct faults *faults);
void simulator_service_free(struct simulator_service *simulator);

#endif
