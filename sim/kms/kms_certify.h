/* SignCert: a certificate for the key of an app's TD, which shows what it is with a quote over the key. */
#ifndef KMS_KMS_CERTIFY_H
#define KMS_KMS_CERTIFY_H

#include "sim/kms/kms_gate.h"

#define KMS_CERTIFY_CHAIN 3 /* leaf, app CA, root CA */

struct kms_certify_request {
    uint32_t api_version; /* of the request's form: see csr.h */
    struct span csr;
    struct span signature;
    struct span vm_config;
};

/* Issues the certificate for an app that may have it. Out: PEM, in the gate's arena. */
MUST_CHECK int kms_certify(const struct kms_gate *gate, const struct kms_certify_request *request,
                           char *chain[static KMS_CERTIFY_CHAIN], struct error *error);

#endif
