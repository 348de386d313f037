/* Reads parts of one certificate in DER (RFC 5280, 4.1), which the caller has verified. */
#ifndef CRYPTO_X509_READ_H
#define CRYPTO_X509_READ_H

#include "crypto/x509_key.h"

/* The P-256 key. Returns false for any other key, and for what is not a certificate. */
bool x509_read_key(struct bytes certificate, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* The DER inside the first extension with that identifier; valid as long as the certificate. data is NULL
 * if there is none. */
struct bytes x509_read_extension(struct bytes certificate, struct bytes oid);

/* The same in the contents of a certificate's Extensions (RFC 5280, 4.1). */
struct bytes x509_read_extension_in(struct bytes list, struct bytes oid);

/* The contents of the OCTET STRING that such a value consists of. Returns false for any other value. */
bool x509_read_octets(struct bytes value, struct bytes *octets);

#endif
