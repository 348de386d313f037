/* Who gets keys: the authorization that a KMS asks before it hands any out (dstack's bootAuth).
 *
 *     dev        everyone
 *     allowlist  whom a file lists, in the format of dstack's auth-simple; it is read for each decision, so
 *                that a change takes effect at once */
#ifndef KMS_KMS_POLICY_H
#define KMS_KMS_POLICY_H

#include "sim/verify/attested.h"

#define KMS_POLICY_FILE_BYTES_MAX (1024 * 1024)

struct kms_policy {
    const char *allowlist; /* the file; NULL: dev */
};

struct kms_policy_verdict {
    bool is_allowed;
    const char *reason;         /* why not */
    const char *gateway_app_id; /* "any" for dev */
};

/* Decides about a TD that boots: a KMS, or an app's. The verdict is in the arena. A file that cannot be
 * read refuses every caller, and the reason says so. */
void kms_policy_decide(const struct kms_policy *policy, const struct attested_boot *boot, bool is_kms,
                       struct arena *arena, struct kms_policy_verdict *verdict);

/* What GetMeta tells of the authorization. */
struct kms_policy_info {
    bool is_dev;
    const char *gateway_app_id;
    const char *kms_contract; /* NULL for dev, as the next one */
    const char *app_implementation;
    uint64_t chain_id;
};
MUST_CHECK int kms_policy_describe(const struct kms_policy *policy, struct arena *arena,
                                   struct kms_policy_info *info, struct error *error);

/* Whether the file can be read; an error names the file and what is wrong in it. */
MUST_CHECK int kms_policy_check(const struct kms_policy *policy, struct error *error);

#endif
