/* The chains that a KMS issues, verified by mbedTLS. */
#include "sim/keys/kms_certificates.h"

#include "test/unit/certificate.h"

#define APP_ID_OID "2b0601040183e73d0103"
#define USAGE_OID "2b0601040183e73d0104"
#define ATTESTATION_OID "2b0601040183e73d0108"
#define NOW INT64_C(1900000000)

struct fixture {
    struct k256 *k256;
    struct kms kms;
    struct arena arena;
    struct error error;
};

static int start(void **state)
{
    static struct fixture fixture;
    struct seed seed;

    fixture = (struct fixture){.k256 = k256_new()};
    seed_init(&seed, "a seed");
    arena_init(&fixture.arena);
    *state = &fixture;
    return kms_init(&fixture.kms, &seed, fixture.k256, &fixture.error);
}

static int finish(void **state)
{
    struct fixture *f = *state;

    arena_free(&f->arena);
    kms_free(&f->kms);
    k256_free(f->k256);
    return 0;
}

static void assert_extension(const mbedtls_x509_crt *crt, const char *oid, const char *value)
{
    struct certificate_extension found;

    assert_true(certificate_find(crt, oid, &found));
    assert_hex_equal(found.value.data, found.value.len, value);
}

static void each_app_has_a_ca_under_the_root(void **state)
{
    struct fixture *f = *state;
    const uint8_t app_id[APP_ID_BYTES] = {1}, other_id[APP_ID_BYTES] = {2};
    struct pki_entity ca, again, other;
    mbedtls_x509_crt crt, root;

    assert_int_equal(kms_certificates_app_ca(&f->kms, app_id, &ca, &f->error), 0);
    assert_int_equal(kms_certificates_app_ca(&f->kms, app_id, &again, &f->error), 0);
    assert_int_equal(kms_certificates_app_ca(&f->kms, other_id, &other, &f->error), 0);
    assert_string_equal(ca.pem, again.pem);
    assert_memory_not_equal(ca.key.scalar, other.key.scalar, 32);
    certificate_read(&crt, ca.pem);
    certificate_read(&root, f->kms.ca.pem);
    assert_issued_by(&crt, &root);
    assert_extension(&crt, "551d13", "30060101ff020100");
    assert_extension(&crt, APP_ID_OID, "04140100000000000000000000000000000000000000");
    assert_extension(&crt, USAGE_OID, "04066170703a6361");
    assert_hex_equal(
        crt.subject_raw.p, crt.subject_raw.len,
        "3029310f300d060355040a0c0644737461636b3116301406035504030c0d44737461636b20417070204341");
    mbedtls_x509_crt_free(&crt);
    mbedtls_x509_crt_free(&root);
    pki_free(&ca);
    pki_free(&again);
    pki_free(&other);
}

static void read_server(struct fixture *f, struct span attestation, mbedtls_x509_crt *crt)
{
    const struct kms_certificates_site site = {
        .domain = "kms.example", .attestation = attestation, .now = NOW};
    struct p256_key key;
    char *pem;

    p256_key_generate(&key);
    assert_int_equal(kms_certificates_server(&f->kms, &site, &key, &f->arena, &pem, &f->error), 0);
    certificate_read(crt, pem);
}

static void its_own_says_what_it_is_for(void **state)
{
    struct fixture *f = *state;
    struct certificate_extension found;
    mbedtls_x509_crt crt, root;
    uint32_t flags;

    certificate_read(&root, f->kms.ca.pem);
    read_server(f, span_text("evidence"), &crt);
    assert_int_equal(mbedtls_x509_crt_verify(&crt, &root, NULL, "kms.example", &flags, NULL, NULL), 0);
    assert_int_not_equal(mbedtls_x509_crt_verify(&crt, &root, NULL, "other.example", &flags, NULL, NULL), 0);
    assert_extension(&crt, USAGE_OID, "04076b6d733a727063");
    assert_extension(&crt, ATTESTATION_OID, "040865766964656e6365");
    mbedtls_x509_crt_free(&crt);
    read_server(f, SPAN_NONE, &crt);
    assert_false(certificate_find(&crt, ATTESTATION_OID, &found));
    mbedtls_x509_crt_free(&crt);
    mbedtls_x509_crt_free(&root);
}

static void a_domain_must_be_a_name(void **state)
{
    struct fixture *f = *state;
    const struct kms_certificates_site site = {.domain = "two words", .now = NOW};
    struct p256_key key;
    char *pem;

    p256_key_generate(&key);
    assert_int_equal(kms_certificates_server(&f->kms, &site, &key, &f->arena, &pem, &f->error), -1);
    assert_non_null(strstr(f->error.text, "must be ASCII without spaces"));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(each_app_has_a_ca_under_the_root),
        WITH(its_own_says_what_it_is_for),
        WITH(a_domain_must_be_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
