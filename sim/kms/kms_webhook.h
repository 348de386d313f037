/* The webhook of a KMS: dstack's auth API.
 *
 *     POST <url>/bootAuth/app, /bootAuth/kms  boot info -> {isAllowed, gatewayAppId, reason}
 *     GET <url>                               {status, kmsContractAddr, gatewayAppId, chainId, ...}
 *
 * Whatever else it answers refuses. */
#ifndef KMS_KMS_WEBHOOK_H
#define KMS_KMS_WEBHOOK_H

#include "sim/kms/kms_answers.h"
#include "sim/verify/attested.h"

/* As kms_policy_decide and kms_policy_describe. */
MUST_CHECK int kms_webhook_decide(const char *url, const struct attested_boot *boot, bool is_kms,
                                  struct kms_answers *answers, struct arena *arena,
                                  struct kms_verdict *verdict, struct error *error);
MUST_CHECK int kms_webhook_describe(const char *url, struct kms_answers *answers, struct arena *arena,
                                    struct kms_auth_info *info, struct error *error);

#endif
