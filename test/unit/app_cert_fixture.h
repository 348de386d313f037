/* A TD, its CA, and the certificate it issued last, read back with mbedTLS. */
#ifndef TEST_APP_CERT_FIXTURE_H
#define TEST_APP_CERT_FIXTURE_H

#include "sim/td/td_cert.h"
#include "test/unit/certificate.h"
#include "test/unit/td_fixture.h"

/* dstack's arc, 1.3.6.1.4.1.62397.1 */
#define ARC "2b0601040183e73d01"
#define QUOTE_OID ARC "01"
#define EVENT_LOG_OID ARC "02"
#define USAGE_OID ARC "04"
#define ATTESTATION_OID ARC "08"
#define APP_INFO_OID ARC "09"
#define SAN_OID "551d11"
#define EKU_OID "551d25"

struct app_cert_fixture {
    struct td *td;
    struct arena arena;
    struct p256_key key;
    struct error error;
    mbedtls_x509_crt ca;
    mbedtls_x509_crt crt; /* the one issued last */
};

static inline int app_cert_start(void **state)
{
    struct app_cert_fixture *f = calloc(1, sizeof *f);
    void *td;

    td_setup(&td);
    f->td = td;
    arena_init(&f->arena);
    p256_key_generate(&f->key);
    certificate_read(&f->ca, f->td->keys.ca_cert);
    mbedtls_x509_crt_init(&f->crt);
    *state = f;
    return 0;
}

static inline int app_cert_finish(void **state)
{
    struct app_cert_fixture *f = *state;

    mbedtls_x509_crt_free(&f->crt);
    mbedtls_x509_crt_free(&f->ca);
    arena_free(&f->arena);
    td_fixture_free(f->td);
    free(f);
    return 0;
}

static inline void issue(struct app_cert_fixture *f, const struct app_cert_request *request)
{
    char *pem;

    mbedtls_x509_crt_free(&f->crt);
    if (td_cert_issue(f->td, request, &f->key, &f->arena, &pem, &f->error))
        fail_msg("%s", f->error.text);
    certificate_read(&f->crt, pem);
}

static inline void refuses(struct app_cert_fixture *f, const struct app_cert_request *request,
                           const char *expected)
{
    char *pem;

    f->error.kind = ERROR_NONE;
    assert_int_equal(td_cert_issue(f->td, request, &f->key, &f->arena, &pem, &f->error), -1);
    assert_int_equal(f->error.kind, ERROR_INPUT);
    if (!strstr(f->error.text, expected))
        fail_msg("%s: %s", expected, f->error.text);
}

/* The TD's own, followed by its CA's. */
static inline const struct text *own_certificate(struct app_cert_fixture *f)
{
    const struct text *text = td_cert_own(f->td, &f->error);

    if (!text)
        fail_msg("%s", f->error.text);
    return text;
}

static inline bool has(const struct app_cert_fixture *f, const char *oid)
{
    struct certificate_extension found;

    return certificate_find(&f->crt, oid, &found);
}

static inline struct span value_of(const struct app_cert_fixture *f, const char *oid)
{
    struct certificate_extension found;

    if (!certificate_find(&f->crt, oid, &found))
        fail_msg("extension %s is missing", oid);
    return found.value;
}

/* What dstack's own extensions wrap in a further OCTET STRING. */
static inline struct span wrapped(const struct app_cert_fixture *f, const char *oid)
{
    struct span value = value_of(f, oid), inner = certificate_take(&value, MBEDTLS_ASN1_OCTET_STRING);

    assert_int_equal(value.len, 0);
    return inner;
}

#endif
