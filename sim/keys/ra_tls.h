/* dstack's private certificate extensions, with which TLS carries an attestation (RA-TLS). */
#ifndef KEYS_RA_TLS_H
#define KEYS_RA_TLS_H

#include "crypto/x509_extensions.h"
#include "sim/base/span.h"

#define RA_TLS_REPORT_DATA_BYTES 64

/* The last arc of 1.3.6.1.4.1.62397.1.n. */
enum ra_tls_extension {
    RA_TLS_QUOTE = 1,
    RA_TLS_EVENT_LOG = 2, /* JSON */
    RA_TLS_APP_ID = 3,
    RA_TLS_USAGE = 4,       /* a text: what the certificate is for */
    RA_TLS_ATTESTATION = 8, /* SCALE or MessagePack */
    RA_TLS_APP_INFO = 9,    /* MessagePack: see app_info.h */
};

/* Adds an extension. dstack wraps each value in an OCTET STRING of its own. The value must stay valid until the
 * certificate is written. */
void ra_tls_add(struct x509_extensions *list, enum ra_tls_extension which, struct span value);

/* The contents octets of its object identifier; static. */
struct bytes ra_tls_oid(enum ra_tls_extension which);

/* The report data of a quote that vouches for a key: SHA-512("ratls-cert:" || SubjectPublicKeyInfo). */
void ra_tls_report_data(const uint8_t spki[static X509_SPKI_BYTES],
                        uint8_t out[static RA_TLS_REPORT_DATA_BYTES]);

#endif
