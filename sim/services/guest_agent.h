/* DstackGuest: the guest agent's API for apps (sim/proto/dstack_guest.proto). */
#ifndef SERVICES_GUEST_AGENT_H
#define SERVICES_GUEST_AGENT_H

#include "proto/dstack_guest.pb-c.h"
#include "sim/td/td.h"

struct guest_agent {
    Dstack__DstackGuest_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
};

/* td outlives it. */
void guest_agent_init(struct guest_agent *agent, struct td *td);

#endif
