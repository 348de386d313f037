/* Looking into a certificate that mbedTLS has parsed, where mbedTLS itself does not.
 * For the other x509 files only: no one else sees mbedTLS. */
#ifndef CRYPTO_X509_CERTIFICATE_H
#define CRYPTO_X509_CERTIFICATE_H

#include <mbedtls/x509_crt.h>

#include "crypto/x509_key.h"

/* The key of a SubjectPublicKeyInfo that is the one shape of P-256 (RFC 5480, uncompressed).
 * False when it is another. */
bool x509_certificate_key(const mbedtls_x509_crt *certificate, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* The DER inside the first extension with that identifier; lives as long as the certificate.
 * data is NULL when there is none. */
struct bytes x509_certificate_extension(const mbedtls_x509_crt *certificate, struct bytes oid);

#endif
