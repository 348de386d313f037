/* Deployments: the TDs that the dashboard lists (sim/proto/dashboard.proto). It accompanies the VMM. */
#ifndef SERVICES_DEPLOYMENTS_H
#define SERVICES_DEPLOYMENTS_H

#include "sim/services/service.h"

#define DEPLOYMENTS_LISTED_MAX 200 /* per response */

extern const struct service deployments_service;

#endif
