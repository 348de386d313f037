/* The certificates that a KMS issues, as dstack-kms does: the CA of each app, and its own for TLS.
 *
 *     root CA (kms.h) ─┬─▶ app CA ──▶ the app's certificates (leaf.h)
 *                      └─▶ the KMS's own */
#ifndef KEYS_KMS_CERTIFICATES_H
#define KEYS_KMS_CERTIFICATES_H

#include "sim/keys/kms.h"
#include "sim/keys/leaf.h"

/* The CA that issues an app's certificates, and its key. It is the same each time. Free it with
 * pki_free. */
MUST_CHECK int kms_certificates_app_ca(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                                       struct pki_entity *ca, struct error *error);

struct kms_certificates_site {
    const char *domain;      /* name, and alternative name; `localhost` comes with its addresses */
    struct span attestation; /* of the TD that the KMS runs in, over the key; or nothing */
    int64_t now;             /* Unix seconds */
    bool lacks_usage;        /* does not say that it is a KMS's */
};

/* The certificate that the KMS shows to TLS clients, whose usage extension says that its holder is one. Out:
 * PEM in the arena. */
MUST_CHECK int kms_certificates_server(const struct kms *kms, const struct kms_certificates_site *site,
                                       const struct p256_key *key, struct arena *arena, char **pem,
                                       struct error *error);

#endif
