/* What a guest asks its host: dstack's VMM answers on vsock and knows the guest by its CID; here each
 * guest has a URL of its own. */
#ifndef SERVICES_HOST_API_H
#define SERVICES_HOST_API_H

#include "sim/services/service.h"

#define HOST_API_DIRECTORY "/api/" /* below /vm/<id> */

/* Its site has a vm, which may have no TD: a guest reports during its boot. */
extern const struct service host_api_service;

#endif
