/* GuestProxy: what the VMM asks a deployed TD's guest agent, at /guest/<Method>. It accompanies the
 * VMM. */
#ifndef SERVICES_GUEST_PROXY_H
#define SERVICES_GUEST_PROXY_H

#include "sim/services/service.h"

extern const struct service guest_proxy_service;

#endif
