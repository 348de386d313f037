/* DstackGuest of dstack 0.6's versioned API (sim/proto/dstack_guest_v1.proto), which accompanies
 * the older one. */
#ifndef SERVICES_GUEST_AGENT_V1_H
#define SERVICES_GUEST_AGENT_V1_H

#include "sim/services/service.h"

extern const struct service guest_agent_v1_service;

#endif
