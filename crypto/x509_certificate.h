/* Reads parts of a certificate that mbedTLS has parsed but does not expose.
 * Only for the other x509 files. */
#ifndef CRYPTO_X509_CERTIFICATE_H
#define CRYPTO_X509_CERTIFICATE_H

#include <mbedtls/x509_crt.h>

#include "crypto/x509_key.h"

/* The P-256 key of a SubjectPublicKeyInfo (RFC 5480, uncompressed). Returns false for any other
 * key. */
bool x509_certificate_key(const mbedtls_x509_crt *certificate, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* The DER inside the first extension with that identifier; valid as long as the certificate.
 * data is NULL if there is none. */
struct bytes x509_certificate_extension(const mbedtls_x509_crt *certificate, struct bytes oid);

#endif
