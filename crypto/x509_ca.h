/* The CA certificate that an issuer signs with, read with mbedTLS. */
#ifndef CRYPTO_X509_CA_H
#define CRYPTO_X509_CA_H

#include "crypto/x509_key.h"

/* The parts that an issuer needs. Owns its memory: subject points into der. */
struct x509_ca {
    uint8_t *der;
    size_t der_len;
    struct bytes subject;              /* DER Name, into der */
    uint8_t key_id[X509_KEY_ID_BYTES]; /* its subject key id, or x509_key_id of the key */
    uint8_t public_key[P256_PUBLIC_BYTES];
};

/* Reads one PEM certificate with a P-256 key. pem is NUL-terminated.
 * Returns 0, or -1 and a reason (static text) if it is malformed or may not sign
 * certificates. Free it with x509_ca_free. */
MUST_CHECK int x509_ca_read_pem(struct x509_ca *ca, const char *pem, const char **reason);

void x509_ca_free(struct x509_ca *ca);

#endif
