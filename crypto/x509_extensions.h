/* Builds the list of a certificate's extensions (RFC 5280, 4.2) for x509_write_certificate.
 *
 * Values are encoded into the caller's room. Running out of it, or of places in the list,
 * sets `has_failed`; check it at the end. */
#ifndef CRYPTO_X509_EXTENSIONS_H
#define CRYPTO_X509_EXTENSIONS_H

#include "crypto/der.h"
#include "crypto/x509_write.h"

#define X509_EXTENSIONS_MAX 16

struct x509_extensions {
    struct x509_extension items[X509_EXTENSIONS_MAX];
    size_t count;
    uint8_t *room;
    size_t left; /* bytes of room still free, at its start */
    bool has_failed;
};

void x509_extensions_init(struct x509_extensions *list, uint8_t *room, size_t size);

/* Any extension; oid and value must stay valid until the certificate is written. */
void x509_extensions_add(struct x509_extensions *list, struct bytes oid, bool critical, struct bytes value);

/* The same for one that is not critical and has the value as an OCTET STRING, which takes none of the room. */
void x509_extensions_add_octets(struct x509_extensions *list, struct bytes oid, struct bytes value);

/* Any extension whose value is written with a der writer: begin, write, end. */
void x509_extensions_begin(const struct x509_extensions *list, struct der *der);
void x509_extensions_end(struct x509_extensions *list, const struct der *der, struct bytes oid,
                         bool critical);

/* Bits of keyUsage, as in the first byte of its BIT STRING. */
enum x509_key_usage {
    X509_DIGITAL_SIGNATURE = 0x80,
    X509_NON_REPUDIATION = 0x40,
    X509_KEY_CERT_SIGN = 0x04,
    X509_CRL_SIGN = 0x02,
};
void x509_extensions_add_key_usage(struct x509_extensions *list, unsigned bits); /* critical */
void x509_extensions_add_extended_key_usage(struct x509_extensions *list, bool server_auth, bool client_auth);

#define X509_NOT_A_CA (-1)
/* path_length: of a CA, or X509_NOT_A_CA. Critical. */
void x509_extensions_add_basic_constraints(struct x509_extensions *list, int path_length);
void x509_extensions_add_subject_key_id(struct x509_extensions *list,
                                        const uint8_t id[static X509_KEY_ID_BYTES]);
void x509_extensions_add_authority_key_id(struct x509_extensions *list,
                                          const uint8_t id[static X509_KEY_ID_BYTES]);
void x509_extensions_add_crl_distribution_point(struct x509_extensions *list, const char *url);

/* subjectAltName. An address literal becomes an iPAddress, everything else a
 * dNSName, which must be ASCII. */
void x509_extensions_add_alt_names(struct x509_extensions *list, char *const *names, size_t count);

#endif
