/* Worker of dstack 0.6's versioned API (sim/proto/worker_v1.proto), which accompanies the older
 * one. */
#ifndef SERVICES_WORKER_V1_H
#define SERVICES_WORKER_V1_H

#include "sim/services/service.h"

extern const struct service worker_v1_service;

#endif
