/* Faults as the messages of Simulator. */
#ifndef SERVICES_FAULT_MESSAGES_H
#define SERVICES_FAULT_MESSAGES_H

#include "proto/simulator.pb-c.h"
#include "sim/base/arena.h"
#include "sim/faults/faults.h"

/* What SetFault was asked for; its method is not looked at yet. */
MUST_CHECK int fault_messages_read(struct fault *fault, const Dstack__SetFaultArgs *args,
                                   struct error *error);

/* The faults as messages in the arena; returns their array, *count long. */
Dstack__Fault **fault_messages_list(const struct faults *faults, struct arena *arena, size_t *count);

#endif
