/* Dashboard: what the page at / shows (sim/proto/dashboard.proto). It accompanies the services
 * that have the page and cannot be chosen by itself. */
#ifndef SERVICES_DASHBOARD_H
#define SERVICES_DASHBOARD_H

#include "sim/services/service.h"

#define DASHBOARD_EVENTS_MAX 256        /* per response */
#define DASHBOARD_PAYLOAD_BYTES_MAX 128 /* of each event */

extern const struct service dashboard_service;

#endif
