/* What a guest asks of a KMS elsewhere, and what it makes of the answers (dstack: system setup, cert client).
 * Without any I/O: who has the loop sends what kms_guest_ask_* prepare.
 *
 *     GetTempCaCert  of any server: the root of this KMS, and the CA of client certificates
 *     GetAppKey      of that root's KMS alone, with a certificate that attests the TD
 *     SignCert       likewise, for each certificate of the TD
 *
 * Errors are one sentence, with the KMS's own words where it has answered an error. */
#ifndef KMS_KMS_GUEST_H
#define KMS_KMS_GUEST_H

#include "sim/cluster/cluster.h"

#define KMS_GUEST_CHAIN_MAX 4
#define KMS_GUEST_IMAGE_HASH_BYTES_MAX 64
#define KMS_GUEST_CONNECT_MS 5000 /* as dstack's client */
#define KMS_GUEST_TIMEOUT_MS 60000
#define KMS_GUEST_ANSWER_BYTES (256u * 1024) /* a certificate with an attestation may be long */

struct kms_guest_call {
    const char *method;
    struct span body;        /* JSON */
    const char *ca;          /* PEM: what the server's certificate has to chain to; NULL: any server */
    const char *chain, *key; /* PEM, shown to the server; or NULL */
};

struct kms_guest_answer {
    const char *problem; /* why there is none; or NULL */
    int status;
    struct span body;
    struct span certificate; /* the server's, in DER */
};

/* How a KMS is asked; set by the process that has the loop. */
struct kms_guest_asker {
    /* Starts asking the KMS whose methods are below that URL. on_done is called once, later, unless it is
     * cancelled. Nothing of the call is kept. */
    void *(*ask)(void *data, const char *url, const struct kms_guest_call *call,
                 void (*on_done)(void *waiter, const struct kms_guest_answer *answer), void *waiter);
    void (*cancel)(void *asking);
    void *data;
};

/* --- each fills the call, in the arena --- */

void kms_guest_ask_temp_ca(struct kms_guest_call *call);

/* keys: with what kms_guest_take_temp_ca has set. */
MUST_CHECK int kms_guest_ask_app_key(const struct td *td, const struct app_keys *keys, struct arena *arena,
                                     struct kms_guest_call *call, struct error *error);

/* For a TD that has its keys: a certificate of the key. */
MUST_CHECK int kms_guest_ask_certificate(const struct td *td, const struct app_cert_request *request,
                                         const struct p256_key *key, struct arena *arena,
                                         struct kms_guest_call *call, struct error *error);

/* --- and each takes an answer --- */

/* Sets keys->kms but for its URL, and the id of the provider. */
MUST_CHECK int kms_guest_take_temp_ca(const struct kms_guest_answer *answer, struct app_keys *keys,
                                      struct error *error);

struct kms_guest_image_hash {
    uint8_t bytes[KMS_GUEST_IMAGE_HASH_BYTES_MAX];
    size_t len;
};

/* Sets the keys, and the image hash that the TD measures. cluster: whose platform vouches for the KMS, if that
 * shows a quote. */
MUST_CHECK int kms_guest_take_app_key(struct cluster *cluster, const struct kms_guest_answer *answer,
                                      struct app_keys *keys, struct kms_guest_image_hash *image_hash,
                                      struct error *error);

/* The certificates, leaf first, in PEM and in the arena; a NULL ends them. */
MUST_CHECK int kms_guest_take_chain(struct cluster *cluster, const struct kms_guest_answer *answer,
                                    struct arena *arena, char *chain[static KMS_GUEST_CHAIN_MAX + 1],
                                    struct error *error);

#endif
