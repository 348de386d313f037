/* KMS: the key management service of the simulated cluster (sim/proto/kms.proto). */
#ifndef SERVICES_KMS_SERVICE_H
#define SERVICES_KMS_SERVICE_H

#include "proto/kms.pb-c.h"
#include "sim/td/td.h"

struct kms_service {
    Dstack__KMS_Service service; /* first: handlers get back from it to the struct */
    struct td *td;
};

/* td outlives it. */
void kms_service_init(struct kms_service *kms, struct td *td);

#endif
