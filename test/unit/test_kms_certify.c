/* Certificates that a KMS signs for an app's TD, read back by mbedTLS. */
#include "sim/kms/kms_certify.h"

#include "test/unit/certificate.h"
#include "test/unit/csr_fixture.h"
#include "test/unit/kms_fixture.h"

#define ARC "2b0601040183e73d01"

/* Asks for a certificate. */
static int certify(struct kms_fixture *f, uint32_t version, const struct csr_given *given, char **chain)
{
    uint8_t signature[72];
    struct kms_certify_request request = {.api_version = version};
    struct buf text;
    int result;

    f->error = (struct error){.kind = ERROR_NONE};
    buf_init(&text, SIZE_MAX);
    csr_write(&text, version, given, &f->key);
    request.csr = buf_span(&text);
    request.signature = span_of(signature, csr_sign(request.csr, &f->key, signature));
    result = kms_certify(&f->gate, &request, chain, &f->error);
    buf_free(&text);
    return result;
}

static void assert_chain(struct kms_fixture *f, char *const *chain, mbedtls_x509_crt *leaf)
{
    mbedtls_x509_crt middle, root;
    uint32_t flags;

    assert_string_equal(chain[2], f->cluster->kms.ca.pem);
    certificate_read(leaf, chain[0]);
    certificate_read(&middle, chain[1]);
    certificate_read(&root, chain[2]);
    leaf->next = memcpy(malloc(sizeof middle), &middle, sizeof middle); /* freed with the leaf */
    assert_int_equal(mbedtls_x509_crt_verify(leaf, &root, NULL, NULL, &flags, NULL, NULL), 0);
    mbedtls_x509_crt_free(&root);
}

static struct span value_of(const mbedtls_x509_crt *leaf, const char *oid)
{
    struct certificate_extension extension;

    if (!certificate_find(leaf, oid, &extension))
        return SPAN_NONE;
    return certificate_take(&extension.value, MBEDTLS_ASN1_OCTET_STRING);
}

static void what_is_asked_for_is_in_the_leaf(void **state)
{
    struct kms_fixture *f = *state;
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    static const char *const oids[] = {"551d11", "551d0f", "551d25", "551d0e", "551d23",
                                       ARC "03", ARC "09", ARC "04", ARC "08"};
    const struct app_cert_evidence evidence = kms_evidence(f);
    const struct csr_given given = {.org_name = "An Org",
                                    .subject = "an app",
                                    .alt_name = "app.example",
                                    .flags = {true, true, true, true},
                                    .attestation = evidence.attestation};
    char *chain[KMS_CERTIFY_CHAIN];
    mbedtls_x509_crt leaf;

    if (certify(f, 2, &given, chain))
        fail_msg("%s", f->error.text);
    assert_chain(f, chain, &leaf);
    assert_int_equal(certificate_extensions(&leaf, list), 9);
    for (int i = 0; i < 9; i++)
        assert_hex_equal(list[i].oid.data, list[i].oid.len, oids[i]);
    assert_true(span_equal(value_of(&leaf, ARC "03"), span_of(f->td->identity.app_id, 20)));
    assert_true(span_is(value_of(&leaf, ARC "04"), "app:custom"));
    assert_true(span_equal(value_of(&leaf, ARC "08"), evidence.attestation));
    assert_int_equal(value_of(&leaf, ARC "09").data[0], 0x99);
    assert_non_null(memmem(leaf.subject_raw.p, leaf.subject_raw.len, "An Org", 6));
    assert_non_null(memmem(leaf.subject_raw.p, leaf.subject_raw.len, "an app", 6));
    mbedtls_x509_crt_free(&leaf);
}

static void what_is_not_asked_for_is_not(void **state)
{
    struct kms_fixture *f = *state;
    const struct csr_given given = {.subject = "x", .attestation = kms_evidence(f).attestation};
    char *chain[KMS_CERTIFY_CHAIN];
    mbedtls_x509_crt leaf;

    assert_int_equal(certify(f, 2, &given, chain), 0);
    assert_chain(f, chain, &leaf);
    assert_int_equal(value_of(&leaf, ARC "03").len, 20);
    assert_int_equal(value_of(&leaf, ARC "08").len, 0);
    assert_int_equal(value_of(&leaf, ARC "09").len, 0);
    mbedtls_x509_crt_free(&leaf);
}

static void version_1_brings_quote_and_log(void **state)
{
    struct kms_fixture *f = *state;
    const struct app_cert_evidence evidence = kms_evidence(f);
    const struct csr_given given = {.subject = "x",
                                    .flags = {false, false, true},
                                    .quote = evidence.quote,
                                    .event_log = evidence.event_log};
    char *chain[KMS_CERTIFY_CHAIN];
    mbedtls_x509_crt leaf;

    if (certify(f, 1, &given, chain))
        fail_msg("%s", f->error.text);
    assert_chain(f, chain, &leaf);
    assert_true(value_of(&leaf, ARC "08").len > 4000);
    mbedtls_x509_crt_free(&leaf);
}

static void another_key_or_a_debug_td_gets_none(void **state)
{
    struct kms_fixture *f = *state;
    struct csr_given given = {.subject = "x", .attestation = kms_evidence(f).attestation};
    char *chain[KMS_CERTIFY_CHAIN];

    p256_key_generate(&f->key);
    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_memory_equal(f->error.text, "Quote verification failed: report data mismatch", 47);
    td_set_debug(f->td, true);
    given.attestation = kms_evidence(f).attestation;
    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_non_null(strstr(f->error.text, "Quote verification failed: the TD is in debug mode"));
}

static void the_policy_is_asked(void **state)
{
    struct kms_fixture *f = *state;
    const struct csr_given given = {.subject = "x", .attestation = kms_evidence(f).attestation};
    char *chain[KMS_CERTIFY_CHAIN];

    kms_allow(f, "{}");
    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_string_equal(f->error.text, "Boot denied: OS image is not allowed");
}

static void names_and_dates_are_checked(void **state)
{
    struct kms_fixture *f = *state;
    const uint64_t late = 4000000000, early = 1000000000;
    struct csr_given given = {
        .subject = "x", .alt_name = "two words", .attestation = kms_evidence(f).attestation};
    char *chain[KMS_CERTIFY_CHAIN];

    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_non_null(strstr(f->error.text, "Failed to sign certificate: alt_names"));
    given.alt_name = NULL;
    given.not_before = &late;
    given.not_after = &late;
    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_non_null(strstr(f->error.text, "not_before must be earlier than not_after"));
    given.not_after = &early;
    assert_int_equal(certify(f, 2, &given, chain), -1);
    assert_non_null(strstr(f->error.text, "not_before must be earlier than not_after"));
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, kms_start, kms_finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(what_is_asked_for_is_in_the_leaf),
        WITH(what_is_not_asked_for_is_not),
        WITH(version_1_brings_quote_and_log),
        WITH(another_key_or_a_debug_td_gets_none),
        WITH(the_policy_is_asked),
        WITH(names_and_dates_are_checked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
