/* What can be wrong with a KMS on purpose, so that a guest's refusals can be seen. */
#ifndef KMS_KMS_FLAW_H
#define KMS_KMS_FLAW_H

#include <stddef.h>

enum kms_flaw {
    KMS_FLAW_NONE,
    KMS_FLAW_DENIES,    /* it denies every app, by its policy */
    KMS_FLAW_NO_USAGE,  /* its certificate lacks the usage kms:rpc */
    KMS_FLAW_BAD_QUOTE, /* the quote in its certificate is over another key */
};

/* "none", "denies", "no-usage", "bad-quote"; NULL past the last one. */
const char *kms_flaw_name(size_t index);

#endif
