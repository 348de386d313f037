/* What the simulator's fixed certificates share: dates and form, so that their bytes are the same
 * in every run. */
#ifndef KEYS_PKI_H
#define KEYS_PKI_H

#include "crypto/x509_extensions.h"
#include "sim/base/error.h"

#define PKI_INTEL_NOT_BEFORE 1577836800 /* 2020-01-01 */
#define PKI_DSTACK_NOT_BEFORE 157766400 /* 1975-01-01, for dstack's own certificates */
#define PKI_NOT_AFTER 2524521600        /* 2049-12-31 */

/* A certificate and its key. */
struct pki_entity {
    struct p256_key key;
    uint8_t key_id[X509_KEY_ID_BYTES];
    uint8_t name[128]; /* DER Name */
    size_t name_len;
    char *pem;    /* heap */
    uint8_t *der; /* heap */
    size_t der_len;
};

/* Sets name and key id. The entity's key must be set. */
MUST_CHECK int pki_name(struct pki_entity *entity, const struct x509_attribute *name, size_t count,
                        struct error *error);

/* Issues the entity's certificate with these extensions. It is self-signed if the issuer is the
 * entity itself. not_before: Unix seconds, one of the above. */
MUST_CHECK int pki_issue(struct pki_entity *entity, const struct pki_entity *issuer, uint8_t serial,
                         int64_t not_before, const struct x509_extensions *extensions, struct error *error);

/* The same with the serial of a certificate of dstack, which follows from the entity's key. */
MUST_CHECK int pki_issue_keyed(struct pki_entity *entity, const struct pki_entity *issuer, int64_t not_before,
                               const struct x509_extensions *extensions, struct error *error);

/* Encodes DER as PEM with that label, on the heap. */
char *pki_pem(const char *label, const uint8_t *der, size_t len);

void pki_free(struct pki_entity *entity);

#endif
