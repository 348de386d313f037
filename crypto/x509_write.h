/* Certificates and CRLs over P-256 with SHA-256 (RFC 5280).
 *
 * The to-be-signed part is built with der.h and signed by p256.h; certificates
 * are read with mbedTLS. Nothing here knows what an extension means. All writers
 * put the DER at the beginning of out and its length in *out_len, and return 0, or
 * -1 (then *out_len is 0) when it does not fit in out_size, a time lies outside the
 * years 1950 to 9999, or a serial is empty or longer than 20 bytes. */
#ifndef CRYPTO_X509_WRITE_H
#define CRYPTO_X509_WRITE_H

#include "crypto/must_check.h"
#include "crypto/p256.h"

#define X509_KEY_ID_BYTES 20
#define X509_SPKI_BYTES 91   /* a P-256 SubjectPublicKeyInfo is always this long */
#define X509_PKCS8_BYTES 138 /* and a PKCS#8 private key with its public key */

/* One attribute of a name, such as CN or O. */
struct x509_attribute {
    uint8_t oid[3];   /* X509_CN or X509_O */
    const char *text; /* UTF-8 */
};
#define X509_CN {0x55, 0x04, 0x03}
#define X509_O {0x55, 0x04, 0x0a}

/* One extension; value is the DER inside extnValue's OCTET STRING. */
struct x509_extension {
    struct bytes oid; /* contents octets */
    bool critical;
    struct bytes value;
};

struct x509_certificate {
    struct bytes serial;           /* big-endian, 1 to 20 bytes; of 20, the first below 0x80 */
    struct bytes issuer;           /* DER Name, byte for byte the CA's subject */
    struct bytes subject;          /* DER Name */
    int64_t not_before, not_after; /* Unix seconds */
    const uint8_t *public_key;     /* P256_PUBLIC_BYTES */
    const struct x509_extension *extensions;
    size_t extension_count;
};

/* A Name with one attribute in each RDN, in the order given. */
MUST_CHECK int x509_write_name(const struct x509_attribute *attributes, size_t count, uint8_t *out,
                               size_t out_size, size_t *out_len);

MUST_CHECK int x509_write_certificate(const struct x509_certificate *certificate,
                                      const struct p256_key *issuer_key, uint8_t *out, size_t out_size,
                                      size_t *out_len);

struct x509_crl {
    struct bytes issuer; /* DER Name */
    int64_t this_update, next_update;
    uint32_t number;
    const uint8_t *authority_key_id; /* X509_KEY_ID_BYTES */
    const struct bytes *revoked;     /* serials, big-endian */
    size_t revoked_count;
};

MUST_CHECK int x509_write_crl(const struct x509_crl *crl, const struct p256_key *issuer_key, uint8_t *out,
                              size_t out_size, size_t *out_len);

void x509_public_key_info(const uint8_t public_key[static P256_PUBLIC_BYTES],
                          uint8_t spki[static X509_SPKI_BYTES]);

/* SHA-1 of the public key's bits (RFC 5280, 4.2.1.2, method 1). */
void x509_key_id(const uint8_t public_key[static P256_PUBLIC_BYTES], uint8_t id[static X509_KEY_ID_BYTES]);

void x509_write_pkcs8(const struct p256_key *key, uint8_t pkcs8[static X509_PKCS8_BYTES]);

/* What the issuing side needs of a CA certificate. Owns its memory: the spans
 * point into der. */
struct x509_ca {
    uint8_t *der;
    size_t der_len;
    struct bytes subject;              /* DER Name, into der */
    uint8_t key_id[X509_KEY_ID_BYTES]; /* its subject key id; x509_key_id of the key when it has none */
    uint8_t public_key[P256_PUBLIC_BYTES];
};

/* Reads one PEM certificate with a P-256 key. pem is NUL-terminated.
 * Returns 0, or -1 and a reason (static text) when it is not one or may not sign
 * certificates. Give it back with x509_ca_free. */
MUST_CHECK int x509_ca_read_pem(struct x509_ca *ca, const char *pem, const char **reason);
void x509_ca_free(struct x509_ca *ca);

/* Reads a PEM private key (PKCS#8 or SEC 1) on P-256. Returns 0, or -1 with a reason. */
MUST_CHECK int x509_key_read_pem(struct p256_key *key, const char *pem, const char **reason);

#endif
