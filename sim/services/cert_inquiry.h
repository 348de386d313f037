/* Certificates of a TD, issued by its own CA, or signed by its KMS elsewhere: then the call is held while the KMS
 * is asked (see http_hold.h). */
#ifndef SERVICES_CERT_INQUIRY_H
#define SERVICES_CERT_INQUIRY_H

#include "sim/kms/kms_guest.h"
#include "sim/rpc/call.h"
#include "sim/td/td_cert.h"

#define CERT_INQUIRY_CHAIN_MAX KMS_GUEST_CHAIN_MAX

struct cert_inquiry_answer {
    struct p256_key key; /* of the certificate */
    char **chain;        /* PEM, leaf first; in the call's arena, or as long as the call */
    size_t chain_len;
};

/* key: what the certificate is for, the first time that the call is served; the answer has the one that was asked
 * with. Returns -1 with an error, which is ERROR_PENDING for a call that is held. */
MUST_CHECK int cert_inquiry_issue(struct rpc_call *call, const struct td *td,
                                  const struct app_cert_request *request, const struct p256_key *key,
                                  struct cert_inquiry_answer *answer);

#endif
