/* GuestApi: what the host asks a TD (sim/proto/guest_api.proto). */
#ifndef SERVICES_GUEST_API_H
#define SERVICES_GUEST_API_H

#include "proto/guest_api.pb-c.h"
#include "sim/td/td.h"

struct guest_api {
    Dstack__GuestApi_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
    void (*shutdown)(void *data); /* ends the program once the answer is out */
    void *data;
};

/* td outlives it. Shutdown calls shutdown(data); with NULL it is refused. */
void guest_api_init(struct guest_api *api, struct td *td, void (*shutdown)(void *data), void *data);

#endif
