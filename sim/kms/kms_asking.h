/* What a webhook is asked about one caller: a check of the KMS is made again with each answer, until it needs
 * no more of them. */
#ifndef KMS_KMS_ASKING_H
#define KMS_KMS_ASKING_H

#include "sim/base/arena.h"
#include "sim/kms/kms_server.h"

struct kms_asking {
    const struct kms_server *server;
    struct kms_answers answers; /* so far; their texts are in the arena */
    struct arena texts;
    void *request;                 /* that is under way, or NULL */
    void (*on_answer)(void *data); /* the answer is among the answers: make the check again */
    void *data;
};

/* It must not be moved afterwards. */
void kms_asking_init(struct kms_asking *asking, const struct kms_server *server,
                     void (*on_answer)(void *data), void *data);

/* Gives up what is under way. */
void kms_asking_free(struct kms_asking *asking);

/* Asks what a check needed to know that has failed with this error, ERROR_PENDING; on_answer follows, later.
 * Fails, with another error instead, if a check asks without end. */
MUST_CHECK int kms_asking_go_on(struct kms_asking *asking, const struct kms_question *missing,
                                struct error *error);

#endif
