/* The form that certificates and revocation lists share: something signed, with its signature
 * (RFC 5280, 4.1.1 and 5.1.1). Only ecdsa-with-SHA256 by a P-256 key is read (RFC 5758, 3.2). */
#ifndef CRYPTO_X509_SIGNED_H
#define CRYPTO_X509_SIGNED_H

#include "crypto/p256_memory.h"

/* Whether the DER is signed by that key. mbedTLS's own verification takes ten times as long.
 * memory: see p256_memory.h; or NULL. */
bool x509_signed_by(struct p256_memory *memory, struct bytes der,
                    const uint8_t public_key[static P256_PUBLIC_BYTES]);

/* Reads an ECDSA-Sig-Value in DER (RFC 3279, 2.2.3) as r || s. Returns false if it is malformed. */
bool x509_signed_signature(struct bytes der, uint8_t signature[static P256_SIGNATURE_BYTES]);

#define X509_SIGNED_SIGNATURE_BYTES 72 /* of an ECDSA-Sig-Value, at most */

/* Writes r || s as an ECDSA-Sig-Value in DER. Returns its length. */
size_t x509_signed_write(const uint8_t signature[static P256_SIGNATURE_BYTES],
                         uint8_t der[static X509_SIGNED_SIGNATURE_BYTES]);

#endif
