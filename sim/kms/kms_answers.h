/* What a webhook has been asked for one call of the KMS, and what it answered. A call that needs an answer
 * fails with ERROR_PENDING and says what it needs to know; it is made again once the answer is there. */
#ifndef KMS_KMS_ANSWERS_H
#define KMS_KMS_ANSWERS_H

#include "sim/base/span.h"

#define KMS_ANSWERS_MAX 2 /* about the KMS itself, and about the caller */

struct kms_question {
    const char *path; /* under the webhook's URL */
    struct span body; /* JSON, to be posted; data NULL: a GET */
};

struct kms_answer {
    struct kms_question question;
    const char *problem; /* why there is none; or NULL */
    int status;
    struct span text;
};

struct kms_answers {
    struct kms_answer list[KMS_ANSWERS_MAX];
    size_t count;
    struct kms_question missing; /* set with ERROR_PENDING; in the call's arena */
};

/* The answer to that question, or NULL. */
static inline const struct kms_answer *kms_answers_find(const struct kms_answers *answers,
                                                        const struct kms_question *question)
{
    for (size_t i = 0; i < answers->count; i++)
        if (strcmp(answers->list[i].question.path, question->path) == 0 &&
            span_equal(answers->list[i].question.body, question->body))
            return &answers->list[i];
    return NULL;
}

/* --- what an authorization says --- */

struct kms_verdict {
    bool is_allowed;
    const char *reason;         /* why not */
    const char *gateway_app_id; /* "any" for dev */
};

/* What GetMeta tells of the authorization. */
struct kms_auth_info {
    bool is_dev;
    const char *gateway_app_id;
    const char *kms_contract; /* NULL for dev, as the next one */
    const char *app_implementation;
    uint64_t chain_id;
};

#endif
