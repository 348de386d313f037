/* Pieces of responses that both services of the versioned API share; see reply.h. */
#ifndef SERVICES_REPLY_V1_H
#define SERVICES_REPLY_V1_H

#include "proto/guest_v1.pb-c.h"
#include "sim/rpc/call.h"
#include "sim/td/td.h"

/* The whole Version method. */
void reply_v1_version(Dstack__Guest__V1__VersionResponse_Closure reply, void *call);

/* The whole Info method. with_documents: app-compose, vm_config and key provider too, which an
 * app may keep private. */
void reply_v1_info(const struct td *td, bool with_documents, Dstack__Guest__V1__InfoResponse_Closure reply,
                   void *call);

#endif
