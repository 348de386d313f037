/* What verifiers fetch: signed over the bytes as sent, and never out of date. */
#include <jansson.h>
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <time.h>

#include "crypto/hash.h"
#include "test/unit/td_fixture.h"
#include "test/unit/vectors.h"

#define NOW INT64_C(1790000000) /* 2026-09-21T14:13:20Z */
#define WEEK INT64_C(604800)

/* Checks the signature over the bytes of the inner object; returns that object. */
static json_t *open_document(const struct td *td, const char *document, const char *name)
{
    json_t *root = json_loads(document, 0, NULL);
    const char *inner = strchr(document + 1, '{');
    const char *end = strstr(document, ",\"signature\":\"");
    uint8_t signature[64], digest[32];
    json_t *object;

    assert_non_null(root);
    assert_non_null(end);
    from_hex(json_string_value(json_object_get(root, "signature")), signature, sizeof signature);
    hash_sha256(inner, (size_t)(end - inner), digest);
    assert_true(p256_verify(td->shared->platform->tcb_signing.key.public_key, digest, signature));
    digest[0] ^= 1;
    assert_false(p256_verify(td->shared->platform->tcb_signing.key.public_key, digest, signature));
    object = json_incref(json_object_get(root, name));
    assert_non_null(object);
    json_decref(root);
    return object;
}

static const char *text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void tcb_info_is_signed_and_dated(void **state)
{
    struct td *td = *state;
    json_t *info = open_document(td, td_fixture_collateral(td, NOW)->tcb_info, "tcbInfo");
    json_t *level = json_array_get(json_object_get(info, "tcbLevels"), 0);

    assert_string_equal(text(info, "issueDate"), "2026-09-20T14:13:20Z");
    assert_string_equal(text(info, "nextUpdate"), "2026-10-21T14:13:20Z");
    assert_string_equal(text(info, "fmspc"), "b0c06f000000");
    assert_string_equal(text(level, "tcbStatus"), "UpToDate");
    assert_null(json_object_get(level, "advisoryIDs"));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(level, "tcb"), "pcesvn")), 13);
    json_decref(info);
}

static void qe_identity_is_signed_and_fits_the_report(void **state)
{
    struct td *td = *state;
    json_t *identity = open_document(td, td_fixture_collateral(td, NOW)->qe_identity, "enclaveIdentity");

    assert_string_equal(text(identity, "id"), "TD_QE");
    assert_string_equal(text(identity, "attributes"), "11000000000000000000000000000000");
    assert_hex_equal(td->shared->platform->qe_report + 128, 32, text(identity, "mrsigner"));
    json_decref(identity);
}

static void is_valid_whenever_it_is_asked_for(void **state)
{
    struct td *td = *state;

    for (int64_t day = 0; day < 60; day++) {
        int64_t now = NOW + day * 86400;
        json_t *info = open_document(td, td_fixture_collateral(td, now)->tcb_info, "tcbInfo");
        char today[32];
        time_t moment = (time_t)now;

        strftime(today, sizeof today, "%Y-%m-%dT%H:%M:%SZ", gmtime(&moment));
        assert_true(strcmp(text(info, "issueDate"), today) < 0);
        assert_true(strcmp(text(info, "nextUpdate"), today) > 0);
        json_decref(info);
    }
    td_fixture_collateral(td, NOW - WEEK); /* a clock set back */
    assert_true(td_fixture_cluster_of(td)->collateral.rendered_at <= NOW - WEEK);
}

static void is_rendered_once_while_it_is_fresh(void **state)
{
    struct td *td = *state;
    const char *first = td_fixture_collateral(td, NOW)->tcb_info;

    assert_ptr_equal(td_fixture_collateral(td, NOW + 3599)->tcb_info, first);
    assert_int_equal(td_fixture_cluster_of(td)->collateral.rendered_at, NOW);
    td_fixture_collateral(td, NOW + 3600);
    assert_int_equal(td_fixture_cluster_of(td)->collateral.rendered_at, NOW + 3600);
}

static void a_status_shows_with_its_advisories(void **state)
{
    struct td *td = *state;
    struct scenario scenario = {
        .tcb_status = TCB_OUT_OF_DATE, .advisories = {"INTEL-SA-1"}, .advisory_count = 1};
    json_t *info, *levels, *ours;

    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    info = open_document(td, td_fixture_collateral(td, NOW)->tcb_info, "tcbInfo");
    levels = json_object_get(info, "tcbLevels");
    assert_int_equal(json_array_size(levels), 2);
    assert_string_equal(text(json_array_get(levels, 0), "tcbStatus"), "UpToDate");
    ours = json_array_get(levels, 1);
    assert_string_equal(text(ours, "tcbStatus"), "OutOfDate");
    assert_string_equal(json_string_value(json_array_get(json_object_get(ours, "advisoryIDs"), 0)),
                        "INTEL-SA-1");
    json_decref(info);
}

static void expired_collateral_ended_yesterday(void **state)
{
    struct td *td = *state;
    struct scenario scenario = {.collateral_expired = true};
    json_t *info;

    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    info = open_document(td, td_fixture_collateral(td, NOW)->tcb_info, "tcbInfo");
    assert_string_equal(text(info, "nextUpdate"), "2026-09-20T14:13:20Z");
    json_decref(info);
}

/* What mbedTLS says of the PCK chain with both CRLs. */
static uint32_t verify_pck(struct td *td)
{
    const struct collateral *collateral = td_fixture_collateral(td, NOW);
    mbedtls_x509_crt chain, root;
    mbedtls_x509_crl crls;
    uint32_t flags = 0;

    mbedtls_x509_crt_init(&chain);
    mbedtls_x509_crt_init(&root);
    mbedtls_x509_crl_init(&crls);
    assert_int_equal(
        mbedtls_x509_crt_parse_der(&chain, td->shared->platform->pck.der, td->shared->platform->pck.der_len),
        0);
    assert_int_equal(mbedtls_x509_crt_parse_der(&chain, td->shared->platform->platform_ca.der,
                                                td->shared->platform->platform_ca.der_len),
                     0);
    assert_int_equal(
        mbedtls_x509_crt_parse_der(&root, td->shared->platform->root.der, td->shared->platform->root.der_len),
        0);
    assert_int_equal(mbedtls_x509_crl_parse_der(&crls, collateral->pck_crl, collateral->pck_crl_len), 0);
    assert_int_equal(mbedtls_x509_crl_parse_der(&crls, collateral->root_crl, collateral->root_crl_len), 0);
    mbedtls_x509_crt_verify(&chain, &root, &crls, NULL, &flags, NULL, NULL);
    mbedtls_x509_crt_free(&chain);
    mbedtls_x509_crt_free(&root);
    mbedtls_x509_crl_free(&crls);
    return flags;
}

static void the_pck_is_revoked_when_the_scenario_says_so(void **state)
{
    struct td *td = *state;
    struct scenario revoked = {.pck_revoked = true}, none = {.pck_revoked = false};

    assert_int_equal(verify_pck(td), 0);
    cluster_set_scenario(td_fixture_cluster_of(td), &revoked);
    assert_int_equal(verify_pck(td), MBEDTLS_X509_BADCERT_REVOKED);
    cluster_set_scenario(td_fixture_cluster_of(td), &none);
    assert_int_equal(verify_pck(td), 0);
}

static void quotes_follow_the_scenario(void **state)
{
    static const uint8_t report_data[REPORT_DATA_BYTES];
    struct td *td = *state;
    struct scenario scenario = {.key_not_vouched = true};
    struct arena arena;
    struct span honest, quote;
    uint8_t digest[32];

    arena_init(&arena);
    honest = td_quote(td, report_data, &arena);
    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    td_set_debug(td, true);
    quote = td_quote(td, report_data, &arena);
    assert_int_equal(honest.data[48 + 120], 0);
    assert_int_equal(quote.data[48 + 120], 1);
    assert_memory_not_equal(quote.data + QUOTE_ATTESTATION_KEY_OFFSET,
                            honest.data + QUOTE_ATTESTATION_KEY_OFFSET, 64);
    hash_sha256(quote.data, QUOTE_SIGNED_BYTES, digest);
    assert_true(
        p256_verify(quote.data + QUOTE_ATTESTATION_KEY_OFFSET, digest, quote.data + QUOTE_SIGNED_BYTES + 4));
    scenario = (struct scenario){.key_not_vouched = false};
    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    td_set_debug(td, false);
    assert_true(span_equal(td_quote(td, report_data, &arena), honest));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tcb_info_is_signed_and_dated, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(qe_identity_is_signed_and_fits_the_report, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(is_valid_whenever_it_is_asked_for, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(is_rendered_once_while_it_is_fresh, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_status_shows_with_its_advisories, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(expired_collateral_ended_yesterday, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_pck_is_revoked_when_the_scenario_says_so, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(quotes_follow_the_scenario, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
