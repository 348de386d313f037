/* Converts faults from and to the messages of Simulator. */
#ifndef SERVICES_FAULT_MESSAGES_H
#define SERVICES_FAULT_MESSAGES_H

#include "proto/simulator.pb-c.h"
#include "sim/base/arena.h"
#include "sim/faults/faults.h"

/* Reads the arguments of SetFault; does not check the method's name. */
MUST_CHECK int fault_messages_read(struct fault *fault, const Dstack__SetFaultArgs *args,
                                   struct error *error);

/* Returns an array of *count messages in the arena. */
Dstack__Fault **fault_messages_list(const struct faults *faults, struct arena *arena, size_t *count);

#endif
