/* Holds a call of the KMS while its webhook is asked (see http_hold.h). */
#ifndef SERVICES_KMS_INQUIRY_H
#define SERVICES_KMS_INQUIRY_H

#include "sim/kms/kms_gate.h"
#include "sim/rpc/call.h"

/* What the webhook has said about this call so far; in the call's arena, or what it was held with. */
struct kms_answers *kms_inquiry_answers(const struct rpc_call *call);

/* If the call has failed with ERROR_PENDING, starts asking what it needs to know, and holds it. */
void kms_inquiry_hold(struct rpc_call *call, const struct kms_server *server, struct kms_answers *answers);

/* Whether the KMS signs certificates for this TD, which may be one that needs no KMS for that. Returns -1 if it
 * does not, or if the call is held. */
MUST_CHECK int kms_inquiry_sign(struct rpc_call *call, const struct td *td);

#endif
