/* The header X-App-Version, which the guest agent sends on its public listener: the version of its OS
 * image, and a revision, which here is the simulator's. */
#ifndef SERVICES_APP_VERSION_H
#define SERVICES_APP_VERSION_H

#include "sim/rpc/router.h"
#include "sim/td/td.h"

/* Adds the header to what another handler answers. */
struct app_version {
    struct http_handler inner;
    bool is_public; /* the listener serves nothing else: everything has the header, even a 404 */
    const struct td *td;
};

/* services: the set that the listener serves. Where others than Worker are among them, only Worker's
 * methods have the header. All that is passed in outlives the result. */
struct http_handler app_version_handler(struct app_version *version, struct http_handler inner,
                                        unsigned services, const struct td *td);

#endif
