/* Writes certificates and CRLs, signed with P-256 and SHA-256 (RFC 5280).
 *
 * All writers put the DER at the start of out and its length in *out_len, and return 0. They
 * return -1 (and *out_len is 0) if it does not fit in out_size, a time is outside the years 1950
 * to 9999, or a serial is empty or longer than 20 bytes. */
#ifndef CRYPTO_X509_WRITE_H
#define CRYPTO_X509_WRITE_H

#include "crypto/x509_key.h"

/* One attribute of a name, such as CN or O. */
struct x509_attribute {
    uint8_t oid[3];   /* X509_CN or X509_O */
    const char *text; /* UTF-8 */
};
#define X509_CN {0x55, 0x04, 0x03}
#define X509_O {0x55, 0x04, 0x0a}

/* One extension; value is the DER inside extnValue's OCTET STRING, or the contents of an OCTET STRING inside it. */
struct x509_extension {
    struct bytes oid; /* contents octets */
    bool is_critical;
    struct bytes value;
    bool is_octets; /* the latter */
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

#define X509_SIGNATURE_BYTES_MAX 96 /* with its algorithm: more than the longest */

/* Fails unless out has room for a signature of X509_SIGNATURE_BYTES_MAX. */
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

/* Likewise. */
MUST_CHECK int x509_write_crl(const struct x509_crl *crl, const struct p256_key *issuer_key, uint8_t *out,
                              size_t out_size, size_t *out_len);

#endif
