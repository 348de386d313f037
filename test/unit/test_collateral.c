/* What verifiers fetch: signed over the bytes as sent, and never out of date. */
#include <mbedtls/x509_crl.h>
#include <mbedtls/x509_crt.h>
#include <time.h>

#include "test/unit/collateral_fixture.h"

#define NOW COLLATERAL_NOW
#define WEEK INT64_C(604800)

static void assert_dates(const struct td *td, const char *issued, const char *next)
{
    for (enum tcb_tee tee = 0; tee < TCB_TEES; tee++) {
        json_t *documents[] = {collateral_tcb_info(td, tee), collateral_qe_identity(td, tee)};

        for (int i = 0; i < 2; i++) {
            assert_string_equal(collateral_text(documents[i], "issueDate"), issued);
            assert_string_equal(collateral_text(documents[i], "nextUpdate"), next);
            json_decref(documents[i]);
        }
    }
}

static void is_signed_and_dated(void **state)
{
    assert_dates(*state, "2026-09-20T14:13:20Z", "2026-10-21T14:13:20Z");
}

static void is_valid_whenever_it_is_asked_for(void **state)
{
    struct td *td = *state;

    for (int64_t day = 0; day < 60; day++) {
        int64_t now = NOW + day * 86400;
        json_t *info = collateral_open(
            td, td_fixture_collateral(td, now)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info,
            "tcbInfo");
        char today[32];
        time_t moment = (time_t)now;

        strftime(today, sizeof today, "%Y-%m-%dT%H:%M:%SZ", gmtime(&moment));
        assert_true(strcmp(collateral_text(info, "issueDate"), today) < 0);
        assert_true(strcmp(collateral_text(info, "nextUpdate"), today) > 0);
        json_decref(info);
    }
    td_fixture_collateral(td, NOW - WEEK); /* a clock set back */
    assert_true(td_fixture_cluster_of(td)->collateral.rendered_at <= NOW - WEEK);
}

static void is_rendered_once_while_it_is_fresh(void **state)
{
    struct td *td = *state;
    const char *first = td_fixture_collateral(td, NOW)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info;

    assert_ptr_equal(
        td_fixture_collateral(td, NOW + 3599)->documents[TCB_TEE_TDX][EVALUATION_STANDARD].tcb_info, first);
    assert_int_equal(td_fixture_cluster_of(td)->collateral.rendered_at, NOW);
    td_fixture_collateral(td, NOW + 3600);
    assert_int_equal(td_fixture_cluster_of(td)->collateral.rendered_at, NOW + 3600);
}

static void expired_collateral_ended_yesterday(void **state)
{
    struct scenario scenario = {.collateral_expired = true};

    cluster_set_scenario(td_fixture_cluster_of(*state), &scenario);
    assert_dates(*state, "2026-08-20T14:13:20Z", "2026-09-20T14:13:20Z");
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
    assert_int_equal(mbedtls_x509_crt_parse_der(&chain, td->shared->platform->first.pck.der,
                                                td->shared->platform->first.pck.der_len),
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
    assert_memory_not_equal(quote.data + 700, honest.data + 700, 64);
    hash_sha256(quote.data, 632, digest);
    assert_true(p256_verify(quote.data + 700, digest, quote.data + 636));
    scenario = (struct scenario){.key_not_vouched = false};
    cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
    td_set_debug(td, false);
    assert_true(span_equal(td_quote(td, report_data, &arena), honest));
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(is_signed_and_dated, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(is_valid_whenever_it_is_asked_for, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(is_rendered_once_while_it_is_fresh, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(expired_collateral_ended_yesterday, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_pck_is_revoked_when_the_scenario_says_so, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(quotes_follow_the_scenario, td_setup, td_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
