/* The platform: its PKI read back with mbedTLS, the QE's report by its offsets. */
#include "sim/tdx/platform.h"

#include "crypto/hash.h"
#include "sim/base/embedded.h"
#include "test/unit/certificate.h"
#include "test/unit/json_with.h"

/* CN first, then O = dstack-simulator: DER Names of the reference chain. */
#define ORGANIZATION                                                                                         \
    "3119301706035504"                                                                                       \
    "0a0c1064737461636b2d73696d756c61746f72"
static const char root_name[] = "3037311a301806035504030c11496e74656c2053475820526f6f74204341" ORGANIZATION;
static const char ca_name[] =
    "303f3122302006035504030c19496e74656c205347582050434b20506c6174666f726d204341" ORGANIZATION;
static const char pck_name[] =
    "303f3122302006035504030c19496e74656c205347582050434b204365727469666963617465" ORGANIZATION;

static struct span platform_file(void)
{
    const struct embedded_file *file = embedded_find(embedded_fixtures, "platform.json");

    return span_of(file->data, file->len);
}

static struct platform *make(const char *seed_text, const char *url)
{
    struct platform *platform = calloc(1, sizeof *platform);
    struct error error = {.kind = ERROR_NONE};
    struct seed seed;

    seed_init(&seed, seed_text);
    assert_int_equal(platform_tcb_parse(&platform->first.tcb, platform_file(), &error), 0);
    assert_int_equal(platform_init(platform, &seed, url, &error), 0);
    return platform;
}

static void destroy(struct platform *platform)
{
    platform_free(platform);
    free(platform);
}

static int start(void **state)
{
    *state = make("seed", "http://127.0.0.1:18096");
    return 0;
}

static int finish(void **state)
{
    destroy(*state);
    return 0;
}

static void the_file_says_what_the_platform_is(void **state)
{
    const struct platform *p = *state;
    uint8_t digest[32];

    assert_hex_equal(p->first.tcb.fmspc, 6, "b0c06f000000");
    assert_int_equal(p->first.tcb.pce_svn, 13);
    assert_hex_equal(p->first.tcb.tee_tcb_svn, 16, "05010200000000000000000000000000");
    hash_sha256(p->ppid, sizeof p->ppid, digest);
    assert_memory_equal(p->device_id, digest, 32);
}

static void file_errors_name_the_member(void **state)
{
    static const struct {
        const char *member, *value, *reason;
    } cases[] = {
        {"fmspc", "\"00\"", "fmspc must have 6 bytes"},
        {"pce_id", NULL, "the member pce_id is missing"},
        {"cpu_svn", "1", "cpu_svn must be a string"},
        {"pce_svn", "65536", "pce_svn must be a whole number from 0 to 65535"},
        {"tee_tcb_svn", "\"xx\"", "tee_tcb_svn must be hex"},
        {"qe", NULL, "the member qe is missing"},
        {"qe", "[]", "qe must be an object"},
        {"qe", "{}", "qe: the member mrsigner is missing"},
        {"sgx_qe", "{}", "sgx_qe: the member mrsigner is missing"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = json_with(platform_file(), NULL, cases[i].member, cases[i].value);
        struct error error = {.kind = ERROR_NONE};
        struct platform_tcb tcb;

        assert_int_equal(platform_tcb_parse(&tcb, span_text(text), &error), -1);
        if (strncmp(error.text, cases[i].reason, strlen(cases[i].reason)) != 0)
            fail_msg("%s: %s", cases[i].reason, error.text);
        free(text);
    }
}

static void assert_certificate(const struct pki_entity *entity, const char *subject, const char *issuer,
                               int serial)
{
    mbedtls_x509_crt crt;

    certificate_read(&crt, entity->pem);
    assert_int_equal(crt.raw.len, entity->der_len);
    assert_memory_equal(crt.raw.p, entity->der, entity->der_len);
    assert_hex_equal(crt.subject_raw.p, crt.subject_raw.len, subject);
    assert_hex_equal(crt.issuer_raw.p, crt.issuer_raw.len, issuer);
    assert_int_equal(crt.serial.len, 1);
    assert_int_equal(crt.serial.p[0], serial);
    assert_int_equal(crt.version, 3);
    assert_int_equal(crt.valid_from.year * 10000 + crt.valid_from.mon * 100 + crt.valid_from.day, 20200101);
    assert_int_equal(crt.valid_to.year * 10000 + crt.valid_to.mon * 100 + crt.valid_to.day, 20491231);
    mbedtls_x509_crt_free(&crt);
}

static void names_serials_and_dates_are_fixed(void **state)
{
    const struct platform *p = *state;

    assert_certificate(&p->root, root_name, root_name, 1);
    assert_certificate(&p->platform_ca, ca_name, root_name, 2);
    assert_certificate(&p->first.pck, pck_name, ca_name, 3);
    assert_certificate(&p->updated.pck, pck_name, ca_name, 5);
    assert_int_equal(p->first.pck_serial, 3);
    assert_int_equal(p->updated.pck_serial, 5);
}

static void the_chain_verifies_up_to_the_root(void **state)
{
    const struct platform *p = *state;
    mbedtls_x509_crt chain, root;

    certificate_read(&chain, p->first.pck.pem);
    assert_int_equal(mbedtls_x509_crt_parse(&chain, (const unsigned char *)p->platform_ca.pem,
                                            strlen(p->platform_ca.pem) + 1),
                     0);
    certificate_read(&root, p->root.pem);
    assert_issued_by(&chain, &root);
    assert_issued_by(&root, &root);
    mbedtls_x509_crt_free(&chain);
    mbedtls_x509_crt_free(&root);
}

/* OID, criticality and value; a value of NULL is not compared. */
struct expected {
    const char *oid;
    bool critical;
    const char *value;
};

static void assert_extensions(const struct pki_entity *entity, const struct expected *expected, size_t count)
{
    struct certificate_extension list[CERTIFICATE_EXTENSIONS_MAX];
    mbedtls_x509_crt crt;

    certificate_read(&crt, entity->pem);
    assert_int_equal(certificate_extensions(&crt, list), count);
    for (size_t i = 0; i < count; i++) {
        assert_hex_equal(list[i].oid.data, list[i].oid.len, expected[i].oid);
        assert_int_equal(list[i].critical, expected[i].critical);
        if (expected[i].value)
            assert_hex_equal(list[i].value.data, list[i].value.len, expected[i].value);
    }
    mbedtls_x509_crt_free(&crt);
}

/* http://127.0.0.1:18096/IntelSGXRootCA.der */
#define ROOT_CRL                                                                                             \
    "3031302fa02da02b8629687474703a2f2f3132372e302e302e313a31383039362f496e74656c534758526f6f7443412e646572"
/* http://127.0.0.1:18096/sgx/certification/v4/pckcrl?ca=platform&encoding=der */
#define PCK_CRL                                                                                              \
    "30533051a04fa04d864b687474703a2f2f3132372e302e302e313a31383039362f7367782f63657274696669636174696f6e"   \
    "2f76342f70636b63726c3f63613d706c6174666f726d26656e636f64696e673d646572"

static void the_pck_certificate_has_six_extensions_in_order(void **state)
{
    static const struct expected expected[] = {
        {"551d23", false, NULL},      {"551d1f", false, PCK_CRL}, {"551d0e", false, NULL},
        {"551d0f", true, "030206c0"}, {"551d13", true, "3000"},   {"2a864886f84d010d01", false, NULL},
    };

    assert_extensions(&((struct platform *)*state)->first.pck, expected, 6);
}

static void assert_describes(const struct platform *p, const struct platform_level *level)
{
    struct error error = {.kind = ERROR_NONE};
    struct certificate_extension sgx;
    struct pck pck;
    mbedtls_x509_crt crt;

    certificate_read(&crt, level->pck.pem);
    assert_true(certificate_find(&crt, "2a864886f84d010d01", &sgx));
    assert_int_equal(pck_read(&pck, (struct bytes){sgx.value.data, sgx.value.len}, &error), 0);
    assert_memory_equal(pck.ppid, p->ppid, sizeof pck.ppid);
    assert_memory_equal(pck.cpu_svn, level->tcb.cpu_svn, sizeof pck.cpu_svn);
    assert_int_equal(pck.pce_svn, level->tcb.pce_svn);
    assert_memory_equal(pck.pce_id, p->first.tcb.pce_id, sizeof pck.pce_id);
    assert_memory_equal(pck.fmspc, p->first.tcb.fmspc, sizeof pck.fmspc);
    mbedtls_x509_crt_free(&crt);
}

static void pck_certificates_describe_the_platform(void **state)
{
    const struct platform *p = *state;

    assert_describes(p, &p->first);
    assert_describes(p, &p->updated);
    assert_int_equal(p->updated.tcb.pce_svn, p->first.tcb.pce_svn + 1);
    assert_memory_not_equal(p->updated.pck.key.public_key, p->first.pck.key.public_key, P256_PUBLIC_BYTES);
}

static void cas_may_sign_certificates_and_crls(void **state)
{
    struct expected expected[] = {
        {"551d23", false, NULL},      {"551d1f", false, ROOT_CRL},          {"551d0e", false, NULL},
        {"551d0f", true, "03020106"}, {"551d13", true, "30060101ff020101"},
    };
    const struct platform *p = *state;

    assert_extensions(&p->root, expected, 5);
    expected[4].value = "30060101ff020100";
    assert_extensions(&p->platform_ca, expected, 5);
}

static void tcb_signing_may_sign_documents(void **state)
{
    static const struct expected expected[] = {
        {"551d23", false, NULL},      {"551d1f", false, ROOT_CRL}, {"551d0e", false, NULL},
        {"551d0f", true, "030206c0"}, {"551d13", true, "3000"},
    };

    assert_extensions(&((struct platform *)*state)->tcb_signing, expected, 5);
}

static void a_public_url_that_does_not_fit_is_refused(void **state)
{
    struct platform platform = {.ppid = {0}};
    struct error error = {.kind = ERROR_NONE};
    struct seed seed;
    char url[1000];

    (void)state;
    memset(url, 'x', sizeof url - 1);
    url[sizeof url - 1] = '\0';
    seed_init(&seed, "seed");
    assert_int_equal(platform_init(&platform, &seed, url, &error), -1);
    assert_non_null(strstr(error.text, "the public URL does not fit"));
    platform_free(&platform);
}

static void key_ids_link_the_chain(void **state)
{
    const struct platform *p = *state;
    const struct pki_entity *chain[] = {&p->first.pck, &p->platform_ca, &p->root};

    for (int i = 0; i < 3; i++) {
        const struct pki_entity *issuer = chain[i < 2 ? i + 1 : 2];
        struct certificate_extension subject, authority;
        mbedtls_x509_crt crt;

        certificate_read(&crt, chain[i]->pem);
        assert_true(certificate_find(&crt, "551d0e", &subject));
        assert_true(certificate_find(&crt, "551d23", &authority));
        assert_int_equal(subject.value.len, 22);
        assert_memory_equal(subject.value.data + 2, chain[i]->key_id, X509_KEY_ID_BYTES);
        assert_int_equal(authority.value.len, 24);
        assert_memory_equal(authority.value.data + 4, issuer->key_id, X509_KEY_ID_BYTES);
        mbedtls_x509_crt_free(&crt);
    }
}

/* All but MRENCLAVE and the report data are the reference's. */
static void the_qe_report_agrees_with_the_qe_identity(void **state)
{
    const struct platform *p = *state;
    uint8_t expected[SGX_REPORT_BYTES] = {0};

    from_hex("02020202030100030000000000000000", expected, 16);
    from_hex("1500000000000000e700000000000000", expected + 48, 16);
    memcpy(expected + 64, p->first.qe_report + 64, 32);
    from_hex("4e0c11c4329d2cc95397f89d8db6df327d915e6282f037779a2bfc947d25f857", expected + 128, 32);
    from_hex("02000400", expected + 256, 4);
    memcpy(expected + 320, p->first.qe_report + 320, 32);
    assert_memory_equal(p->first.qe_report, expected, sizeof expected);
}

static void assert_vouches(const struct platform_level *level)
{
    const struct bytes bound[] = {{level->attestation_key.public_key, 64}, {level->qe_auth, 32}};
    uint8_t digest[32];

    hash_parts(HASH_SHA256, bound, 2, digest);
    assert_memory_equal(level->qe_report + 320, digest, 32);
    hash_sha256(level->qe_report, SGX_REPORT_BYTES, digest);
    assert_true(p256_verify(level->pck.key.public_key, digest, level->qe_report_signature));
}

static void each_qe_vouches_for_its_attestation_key(void **state)
{
    const struct platform *p = *state;

    assert_vouches(&p->first);
    assert_vouches(&p->updated);
    assert_memory_not_equal(p->updated.attestation_key.public_key, p->first.attestation_key.public_key,
                            P256_PUBLIC_BYTES);
}

static void the_seed_decides(void **state)
{
    const struct platform *p = *state;
    struct platform *again = make("seed", "http://127.0.0.1:18096");
    struct platform *other = make("other", "http://127.0.0.1:18096");

    assert_string_equal(p->first.pck.pem, again->first.pck.pem);
    assert_memory_equal(p->first.qe_report_signature, again->first.qe_report_signature, 64);
    assert_string_not_equal(p->root.pem, other->root.pem);
    assert_memory_not_equal(p->ppid, other->ppid, sizeof p->ppid);
    destroy(again);
    destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_file_says_what_the_platform_is, start, finish),
        cmocka_unit_test(file_errors_name_the_member),
        cmocka_unit_test_setup_teardown(names_serials_and_dates_are_fixed, start, finish),
        cmocka_unit_test_setup_teardown(the_chain_verifies_up_to_the_root, start, finish),
        cmocka_unit_test_setup_teardown(the_pck_certificate_has_six_extensions_in_order, start, finish),
        cmocka_unit_test_setup_teardown(pck_certificates_describe_the_platform, start, finish),
        cmocka_unit_test_setup_teardown(cas_may_sign_certificates_and_crls, start, finish),
        cmocka_unit_test_setup_teardown(tcb_signing_may_sign_documents, start, finish),
        cmocka_unit_test(a_public_url_that_does_not_fit_is_refused),
        cmocka_unit_test_setup_teardown(key_ids_link_the_chain, start, finish),
        cmocka_unit_test_setup_teardown(the_qe_report_agrees_with_the_qe_identity, start, finish),
        cmocka_unit_test_setup_teardown(each_qe_vouches_for_its_attestation_key, start, finish),
        cmocka_unit_test_setup_teardown(the_seed_decides, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
