/* What quotes are judged by here: the cluster's platform, as of now. */
#ifndef KMS_KMS_AUTHORITY_H
#define KMS_KMS_AUTHORITY_H

#include "sim/cluster/cluster.h"
#include "sim/verify/quote_verify.h"

/* Returns -1 with an error if there is no collateral. */
MUST_CHECK int kms_authority_of(struct cluster *cluster, struct quote_authority *authority,
                                struct error *error);

#endif
