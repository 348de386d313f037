/* Who gets keys: the authorization that a KMS asks before it hands any out (dstack's bootAuth).
 *
 *     dev        everyone
 *     allowlist  whom a file lists, in the format of dstack's auth-simple; it is read for each decision, so
 *                that a change takes effect at once
 *     webhook    whom another program allows: see kms_webhook.h */
#ifndef KMS_KMS_POLICY_H
#define KMS_KMS_POLICY_H

#include "sim/kms/kms_answers.h"
#include "sim/verify/attested.h"

#define KMS_POLICY_FILE_BYTES_MAX (1024 * 1024)

struct kms_policy {
    const char *allowlist; /* the file; or NULL */
    const char *auth_url;  /* the webhook's, without a slash at its end; or NULL. Without both: dev */
    bool denies_apps;      /* whatever these say */
};

/* Decides about a TD that boots: a KMS, or an app's. The verdict is in the arena. A file that cannot be
 * read refuses every caller, and the reason says so. Fails if a webhook does not answer, and with ERROR_PENDING
 * if it has to be asked first; answers: what it has said about this call. */
MUST_CHECK int kms_policy_decide(const struct kms_policy *policy, const struct attested_boot *boot,
                                 bool is_kms, struct kms_answers *answers, struct arena *arena,
                                 struct kms_verdict *verdict, struct error *error);

/* Sets what GetMeta tells. */
MUST_CHECK int kms_policy_describe(const struct kms_policy *policy, struct kms_answers *answers,
                                   struct arena *arena, struct kms_auth_info *info, struct error *error);

/* Whether the file can be read; an error names the file and what is wrong in it. */
MUST_CHECK int kms_policy_check(const struct kms_policy *policy, struct error *error);

#endif
