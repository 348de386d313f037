/* The checks that a call of the KMS passes before it is answered, in dstack-kms's order and words:
 *
 *   1. kms_gate_identify  an attestation in the client's certificate is verified, whatever the method
 *   2. kms_gate_self      the KMS itself is allowed to run
 *   3. kms_gate_admit     the caller is attested and allowed */
#ifndef KMS_KMS_GATE_H
#define KMS_KMS_GATE_H

#include "sim/kms/kms_server.h"

/* A call. */
struct kms_gate {
    struct kms_server *server;
    struct span certificate; /* the client's, in DER, verified by TLS; or nothing */
    struct arena *arena;
    struct kms_answers *answers; /* to this call, of a webhook */
    bool has_attestation;        /* set by kms_gate_identify, as the next one */
    struct attested attested;    /* of the caller */
};

MUST_CHECK int kms_gate_identify(struct kms_gate *gate, struct error *error);

MUST_CHECK int kms_gate_self(const struct kms_gate *gate, struct error *error);

/* Who has been admitted. */
struct kms_gate_pass {
    struct attested_boot boot;
    const char *gateway_app_id;
};

/* vm_config: of the request. */
MUST_CHECK int kms_gate_admit(const struct kms_gate *gate, bool is_kms, struct span vm_config,
                              struct kms_gate_pass *pass, struct error *error);

/* The same for an app whose attestation came otherwise, as of boot-mr-done. */
MUST_CHECK int kms_gate_admit_early(const struct kms_gate *gate, const struct attested *attested,
                                    struct span vm_config, struct kms_gate_pass *pass, struct error *error);

/* All of this for a TD of the cluster that boots and asks for its keys, in one call; answers: of a webhook, about
 * this boot. Its `missing` is in the arena. */
MUST_CHECK int kms_gate_boot(struct kms_server *server, const struct td *td, struct kms_answers *answers,
                             struct arena *arena, struct error *error);

/* The same for one that asks for a certificate. */
MUST_CHECK int kms_gate_sign(struct kms_server *server, const struct td *td, struct kms_answers *answers,
                             struct arena *arena, struct error *error);

#endif
