/* P-256 keys in the encodings of certificates and key files: SubjectPublicKeyInfo, key identifier and
 * serial number (RFC 5280), PKCS#8 (RFC 5208) and SEC 1 (RFC 5915). */
#ifndef CRYPTO_X509_KEY_H
#define CRYPTO_X509_KEY_H

#include "crypto/must_check.h"
#include "crypto/p256.h"

#define X509_KEY_ID_BYTES 20
#define X509_KEY_SERIAL_BYTES 20 /* as many as a serial number may have */
#define X509_SPKI_BYTES 91       /* a P-256 SubjectPublicKeyInfo is always this long */
#define X509_PKCS8_BYTES 138     /* and a PKCS#8 private key with its public key */
#define X509_KEY_PEM_CHARS 241

/* The SubjectPublicKeyInfo in DER. */
void x509_key_spki(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t spki[static X509_SPKI_BYTES]);

/* Reads a SubjectPublicKeyInfo in DER, whose point must be uncompressed. Returns false for any other key. */
bool x509_key_read_spki(struct bytes spki, uint8_t public_key[static P256_PUBLIC_BYTES]);

/* SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1). */
void x509_key_id(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t id[static X509_KEY_ID_BYTES]);

/* The serial number that dstack gives a certificate for the key: the beginning of the SHA-256 of the public
 * key's bits, as a positive number. */
void x509_key_serial(const uint8_t public_key[static P256_PUBLIC_BYTES],
                     uint8_t serial[static X509_KEY_SERIAL_BYTES]);

/* The private key in DER. */
void x509_key_pkcs8(const struct p256_key *key, uint8_t pkcs8[static X509_PKCS8_BYTES]);

/* The private key in PEM, and a NUL after it. */
void x509_key_write_pem(const struct p256_key *key, char pem[static X509_KEY_PEM_CHARS + 1]);

/* Reads a private key in PEM, PKCS#8 or SEC 1. pem is NUL-terminated.
 * Returns 0, or -1 and a reason (static text) if it is not a P-256 key; key is then all zero. */
MUST_CHECK int x509_key_read_pem(struct p256_key *key, const char *pem, const char **reason);

#endif
