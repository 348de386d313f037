/* Certificates read back with mbedTLS, which did not write them. */
#ifndef TEST_CERTIFICATE_H
#define TEST_CERTIFICATE_H

#include <mbedtls/asn1.h>
#include <mbedtls/x509_crt.h>

#include "sim/base/span.h"
#include "test/unit/vectors.h"

#define CERTIFICATE_EXTENSIONS_MAX 16

struct certificate_extension {
    struct span oid; /* contents octets */
    bool critical;
    struct span value; /* contents of extnValue */
};

/* Takes the value with that tag from the front of *rest; its contents. */
static inline struct span certificate_take(struct span *rest, int tag)
{
    unsigned char *at = (unsigned char *)(uintptr_t)rest->data;
    const unsigned char *end = at + rest->len;
    size_t len;

    assert_int_equal(mbedtls_asn1_get_tag(&at, end, &len, tag), 0);
    *rest = span_of(at + len, (size_t)(end - at) - len);
    return span_of(at, len);
}

#define TAKE_SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)

static inline struct certificate_extension certificate_take_extension(struct span *rest)
{
    struct certificate_extension extension;
    struct span fields = certificate_take(rest, TAKE_SEQUENCE);

    extension.oid = certificate_take(&fields, MBEDTLS_ASN1_OID);
    extension.critical = fields.len > 0 && fields.data[0] == MBEDTLS_ASN1_BOOLEAN;
    if (extension.critical)
        assert_int_equal(certificate_take(&fields, MBEDTLS_ASN1_BOOLEAN).data[0], 0xff);
    extension.value = certificate_take(&fields, MBEDTLS_ASN1_OCTET_STRING);
    assert_int_equal(fields.len, 0);
    return extension;
}

/* Out: list, in the order of the certificate. Returns how many there are. */
static inline size_t
certificate_extensions(const mbedtls_x509_crt *crt,
                       struct certificate_extension list[static CERTIFICATE_EXTENSIONS_MAX])
{
    struct span all = span_of(crt->v3_ext.p, crt->v3_ext.len), rest;
    size_t count = 0;

    rest = certificate_take(&all, TAKE_SEQUENCE);
    while (rest.len > 0) {
        assert_in_range(count, 0, CERTIFICATE_EXTENSIONS_MAX - 1);
        list[count++] = certificate_take_extension(&rest);
    }
    return count;
}

/* The extension of that OID (its contents in hex). False when there is none. */
static inline bool certificate_find(const mbedtls_x509_crt *crt, const char *oid,
                                    struct certificate_extension *found)
{
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    size_t count = certificate_extensions(crt, list);
    uint8_t expected[32];

    *found = (struct certificate_extension){.critical = false};
    from_hex(oid, expected, strlen(oid) / 2);
    for (size_t i = 0; i < count; i++) {
        if (!span_equal(list[i].oid, span_of(expected, strlen(oid) / 2)))
            continue;
        *found = list[i];
        return true;
    }
    return false;
}

/* The certificates of a PEM text, chained; mbedtls_x509_crt_free gives them back. */
static inline void certificate_read(mbedtls_x509_crt *crt, const char *pem)
{
    mbedtls_x509_crt_init(crt);
    assert_int_equal(mbedtls_x509_crt_parse(crt, (const unsigned char *)pem, strlen(pem) + 1), 0);
}

/* Did the CA issue it, and is it valid today? */
static inline void assert_issued_by(mbedtls_x509_crt *crt, mbedtls_x509_crt *ca)
{
    uint32_t flags = 0;

    if (mbedtls_x509_crt_verify(crt, ca, NULL, NULL, &flags, NULL, NULL) != 0)
        fail_msg("the certificate does not verify: flags 0x%x", (unsigned)flags);
}

#endif
