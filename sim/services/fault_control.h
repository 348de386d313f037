/* Setting faults by the names of methods that exist. */
#ifndef SERVICES_FAULT_CONTROL_H
#define SERVICES_FAULT_CONTROL_H

#include "sim/faults/faults.h"
#include "sim/keys/seed.h"

/* Whether a fault may be set for it: a method of a service that can have faults, a path that
 * leads to no method of the Simulator's, or nothing at all. Suggests what may have been meant. */
MUST_CHECK int fault_control_check_method(const char *name, struct error *error);

/* Checks the fault's method, seeds its generator from the simulator's seed, the method and what
 * is in fault->random, and sets it. */
MUST_CHECK int fault_control_set(struct faults *faults, const struct seed *seed, struct fault *fault,
                                 struct error *error);

#endif
