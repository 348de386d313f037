/* GuestApi, which the VMM's guest proxy calls as well. */
#ifndef SERVICES_GUEST_API_H
#define SERVICES_GUEST_API_H

#include "proto/guest_api.pb-c.h"
#include "sim/services/service.h"

extern const struct service guest_api_service;

#endif
