#include "sim/kms/kms_flaw.h"

const char *kms_flaw_name(size_t index)
{
    static const char *const names[] = {
        [KMS_FLAW_NONE] = "none",
        [KMS_FLAW_DENIES] = "denies",
        [KMS_FLAW_NO_USAGE] = "no-usage",
        [KMS_FLAW_BAD_QUOTE] = "bad-quote",
    };

    return index < sizeof names / sizeof *names ? names[index] : NULL;
}
