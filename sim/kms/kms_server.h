/* The KMS as a program of its own: in a TD, with a certificate for TLS, and with an authorization that it
 * asks. Its roots are those of the cluster (sim/keys/kms.h). */
#ifndef KMS_KMS_SERVER_H
#define KMS_KMS_SERVER_H

#include "sim/cluster/cluster.h"
#include "sim/kms/kms_flaw.h"
#include "sim/kms/kms_policy.h"

#define KMS_SERVER_DOMAIN_DEFAULT "localhost"

struct kms_server_config {
    const char *domain; /* the name that clients call it by */
    struct kms_policy policy;
    enum kms_flaw flaw;
};

/* How a webhook is asked; set by the process that has the loop. */
struct kms_asker {
    /* Starts asking. on_done is called once, later, unless it is cancelled. Nothing of the question is kept. */
    void *(*ask)(void *data, const struct kms_question *question,
                 void (*on_done)(void *waiter, const struct kms_answer *answer), void *waiter);
    void (*cancel)(void *asking);
    void *data;
};

struct kms_server {
    struct kms_asker asker; /* needed with policy.auth_url */
    struct cluster *cluster;
    struct td *td; /* that it runs in; not one of the cluster's list */
    struct kms_policy policy;
    char *certificate;  /* PEM, heap; for TLS */
    char *key;          /* PEM, heap */
    uint8_t *bootstrap; /* heap: an attestation of its roots */
    size_t bootstrap_len;

    /* For its /metrics. */
    uint64_t attestation_requests;
    uint64_t attestation_failures;
};

/* Boots its TD. The cluster and the strings of config outlive it. Returns NULL with an error that names what
 * is wrong. */
struct kms_server *kms_server_new(struct cluster *cluster, const struct kms_server_config *config,
                                  struct error *error);
void kms_server_free(struct kms_server *server);

#endif
