/* The whole verdict: every encoding, every scenario, and the reference another
 * implementation made. */
#include "sim/td/view.h"
#include "test/unit/verify_fixture.h"

static const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};

static void what_get_quote_answers_is_valid(void **state)
{
    struct td *td = *state;
    struct arena arena;
    struct evidence_request request;
    struct verify_verdict verdict;

    arena_init(&arena);
    request = request_of(td, &arena);
    assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
    assert_true(verdict.quote_verified && verdict.event_log_verified && verdict.os_image_hash_verified);
    assert_int_equal(verdict.tcb.status, TCB_UP_TO_DATE);
    assert_int_equal(verdict.tcb.advisory_count, 0);
    assert_memory_equal(verdict.report_data, report_data, sizeof report_data);
    arena_free(&arena);
}

/* A copy whose chain has no NUL. */
static struct span without_nul(struct span quote, struct arena *arena)
{
    static const size_t lengths[] = {632, 766, 1254};
    uint8_t *copy = (uint8_t *)arena_copy(arena, quote.data, quote.len);
    size_t nul = 1258 + bytes_get_le32(copy + 1254) - 1;

    assert_int_equal(copy[nul], '\0');
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        bytes_put_le32(copy + lengths[i], bytes_get_le32(copy + lengths[i]) - 1);
    memmove(copy + nul, copy + nul + 1, quote.len - nul - 1);
    return span_of(copy, quote.len - 1);
}

static void nul_and_zeros_may_be_missing(void **state)
{
    struct td *td = *state;
    struct arena arena;
    struct evidence_request request;
    struct span forms[2];

    arena_init(&arena);
    request = request_of(td, &arena);
    forms[0] = td_quote(td, report_data, &arena);
    forms[1] = without_nul(forms[0], &arena);
    for (int i = 0; i < 2; i++) {
        request.quote = hex_text(forms[i], &arena);
        assert_valid(td, &request, &arena);
        request.quote = hex_text(span_of(forms[i].data, forms[i].len - QUOTE_PADDING_BYTES), &arena);
        assert_valid(td, &request, &arena);
    }
    arena_free(&arena);
}

static void the_app_is_the_td_s(void **state)
{
    struct td *td = *state;
    const struct text *provider = &td->identity.key_provider_info;
    uint8_t mr_system[32], mr_aggregated[32];
    struct arena arena;
    struct evidence_request request;
    struct verify_verdict verdict;
    struct verify_app *app = &verdict.app;

    arena_init(&arena);
    registers_system(&td->state.registers, span_of(provider->plain, provider->len), mr_system);
    registers_aggregate(&td->state.registers, mr_aggregated);
    request = request_of(td, &arena);
    assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
    assert_true(span_equal(app->app_id, span_of(td->identity.app_id, sizeof td->identity.app_id)));
    assert_true(span_equal(app->compose_hash, span_of(td->app.compose_hash, sizeof td->app.compose_hash)));
    assert_true(
        span_equal(app->instance_id, span_of(td->identity.instance_id, sizeof td->identity.instance_id)));
    assert_true(span_is(app->key_provider_info, provider->plain));
    assert_string_equal(app->key_provider_name, "kms");
    assert_contains(provider->plain, app->key_provider_id);
    assert_memory_equal(app->device_id, td->shared->platform->device_id, 32);
    assert_memory_equal(app->mr_system, mr_system, 32);
    assert_memory_equal(app->mr_aggregated, mr_aggregated, 32);
    assert_memory_equal(app->os_image_hash, td->identity.os_image_hash, 32);
    arena_free(&arena);
}

static void all_attestations_are_valid(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct span quote, forms[3];

    arena_init(&arena);
    assert_int_equal(td_emit_event(td, "mine", span_text("payload"), &error), 0);
    quote = td_quote(td, report_data, &arena);
    forms[0] = attestation_scale_write(view_scale(td->view), quote, report_data, &arena);
    forms[1] = attestation_scale_write_cut(view_scale(td->view), quote, report_data, &arena);
    forms[2] = attestation_msgpack_write(view_msgpack(td->view), quote, report_data, &arena);
    for (int i = 0; i < 3; i++) {
        /* What comes with an attestation does not count. */
        const struct evidence_request request = {
            .attestation = hex_text(forms[i], &arena),
            .quote = span_text("nonsense"),
        };
        assert_valid(td, &request, &arena);
    }
    arena_free(&arena);
}

static void quotes_of_every_version_are_valid(void **state)
{
    struct td *td = *state;
    struct cluster *cluster = td_fixture_cluster_of(td);

    for (enum quote_version version = QUOTE_VERSION_4; version <= QUOTE_VERSION_5_TD15; version++) {
        const struct scenario scenario = {.quote_version = version};
        struct arena arena;
        struct evidence_request request;
        struct verify_verdict verdict;

        arena_init(&arena);
        cluster_set_scenario(cluster, &scenario);
        request = request_of(td, &arena);
        assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
        assert_memory_equal(verdict.report_data, report_data, sizeof report_data);
        for (enum td_attestation_form form = TD_ATTESTATION_WHOLE; form <= TD_ATTESTATION_MSGPACK; form++) {
            struct span bytes = td_attestation(td, form, report_data, &arena, NULL);
            assert_valid(td, &(struct evidence_request){.attestation = hex_text(bytes, &arena)}, &arena);
        }
        arena_free(&arena);
    }
}

static void nothing_of_the_td_changes(void **state)
{
    struct td *td = *state;
    struct arena arena;
    struct evidence_request request;
    struct registers before = td->state.registers;
    size_t count = td->state.log.count;

    arena_init(&arena);
    request = request_of(td, &arena);
    assert_valid(td, &request, &arena);
    assert_memory_equal(&td->state.registers, &before, sizeof before);
    assert_int_equal(td->state.log.count, count);
    assert_true(span_equal(request_of(td, &arena).quote, request.quote));
    arena_free(&arena);
}

static void events_of_the_app_do_not_change_who_it_is(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct evidence_request request;
    struct verify_verdict verdict;

    arena_init(&arena);
    assert_int_equal(td_emit_event(td, "app-id", span_text("another app's id....."), &error), 0);
    request = request_of(td, &arena);
    assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
    assert_true(span_equal(verdict.app.app_id, span_of(td->identity.app_id, sizeof td->identity.app_id)));
    arena_free(&arena);
}

static void the_status_is_reported(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;

    arena_init(&arena);
    for (int i = TCB_UP_TO_DATE; i < TCB_REVOKED; i++) {
        struct scenario scenario = {.tcb_status = (enum tcb_status)i};
        struct evidence_request request;
        struct verify_verdict verdict;
        assert_int_equal(scenario_add_advisory(&scenario, "INTEL-SA-00837", &error), 0);
        cluster_set_scenario(td_fixture_cluster_of(td), &scenario);
        request = request_of(td, &arena);
        assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
        assert_int_equal(verdict.tcb.status, i);
        assert_int_equal(verdict.tcb.advisory_count, 1);
        assert_string_equal(verdict.tcb.advisories[0], "INTEL-SA-00837");
    }
    arena_free(&arena);
}

static void the_status_of_a_part_is_reported(void **state)
{
    static const struct {
        struct scenario scenario;
        enum tcb_status status;
    } rows[] = {
        {{.platform_status = TCB_OUT_OF_DATE}, TCB_OUT_OF_DATE},
        {{.tdx_module_status = TCB_OUT_OF_DATE}, TCB_OUT_OF_DATE},
        {{.qe_status = TCB_OUT_OF_DATE}, TCB_OUT_OF_DATE},
        {{.tcb_status = TCB_CONFIGURATION_NEEDED, .qe_status = TCB_OUT_OF_DATE},
         TCB_OUT_OF_DATE_CONFIGURATION_NEEDED},
        {{.early_tcb_status = TCB_REVOKED}, TCB_UP_TO_DATE},
    };
    struct td *td = *state;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct evidence_request request;
        struct verify_verdict verdict;

        cluster_set_scenario(td_fixture_cluster_of(td), &rows[i].scenario);
        request = request_of(td, &arena);
        assert_true(verdict_of(td, &request, SOME_TIME, &arena, &verdict));
        assert_int_equal(verdict.tcb.status, rows[i].status);
    }
    arena_free(&arena);
}

static void what_is_wrong_is_named(void **state)
{
    static const struct {
        struct scenario scenario;
        bool is_debug;
        const char *reason;
    } rows[] = {
        {{.tcb_status = TCB_REVOKED}, false, "the TCB status is Revoked"},
        {{.platform_status = TCB_REVOKED}, false, "the TCB status is Revoked"},
        {{.tdx_module_status = TCB_REVOKED}, false, "the TCB status is Revoked"},
        {{.qe_status = TCB_REVOKED}, false, "the TCB status is Revoked"},
        {{.pck_revoked = true}, false, "a certificate of the chain is revoked"},
        {{.collateral_expired = true}, false, "tcbInfo: it has expired"},
        {{.key_not_vouched = true}, false, "the QE report does not vouch for the attestation key"},
        {{.tcb_status = TCB_UP_TO_DATE}, true, "the TD is in debug mode"},
    };
    struct td *td = *state;
    struct arena arena;

    arena_init(&arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct evidence_request request;
        cluster_set_scenario(td_fixture_cluster_of(td), &rows[i].scenario);
        td_set_debug(td, rows[i].is_debug);
        request = request_of(td, &arena);
        assert_refused(td, &request, &arena, rows[i].reason);
        assert_refused(td, &request, &arena, "Quote verification failed: ");
    }
    arena_free(&arena);
}

static void another_seed_s_root_is_not_trusted(void **state)
{
    struct td *td = *state, *other;
    struct cluster_config config;
    struct arena arena;
    struct evidence_request request;

    arena_init(&arena);
    cluster_config_init(&config);
    config.seed = "another";
    other = td_fixture_cluster(&config, NULL)->first;
    request = request_of(other, &arena);
    assert_valid(other, &request, &arena);
    assert_refused(td, &request, &arena, "its root is not trusted");
    td_fixture_free(other);
    arena_free(&arena);
}

static void certificates_have_their_time(void **state)
{
    struct td *td = *state;
    struct arena arena;
    struct evidence_request request;
    struct verify_verdict verdict;

    arena_init(&arena);
    request = request_of(td, &arena);
    assert_false(verdict_of(td, &request, PKI_INTEL_NOT_BEFORE - 1, &arena, &verdict));
    assert_contains(verdict.reason.text, "not valid yet");
    assert_false(verdict_of(td, &request, PKI_NOT_AFTER + 1, &arena, &verdict));
    assert_contains(verdict.reason.text, "has expired");
    assert_true(verdict_of(td, &request, PKI_INTEL_NOT_BEFORE, &arena, &verdict));
    assert_true(verdict_of(td, &request, PKI_NOT_AFTER, &arena, &verdict));
    assert_non_null(td_fixture_collateral(td, SOME_TIME));
    arena_free(&arena);
}

/* The verdict with a PCK CRL that is valid between these times. */
static bool verdict_with_crl(struct td *td, int64_t from, int64_t until, struct arena *arena,
                             struct verify_verdict *verdict)
{
    const struct pki_entity *issuer = &td->shared->platform->platform_ca;
    const struct x509_crl crl = {
        .issuer = {issuer->name, issuer->name_len},
        .this_update = from,
        .next_update = until,
        .authority_key_id = issuer->key_id,
    };
    struct evidence_request request = request_of(td, arena);
    struct collateral collateral = *td_fixture_collateral(td, SOME_TIME);
    const struct quote_authority authority = {
        .platform = td->shared->platform, .collateral = &collateral, .now = SOME_TIME};
    uint8_t der[1024];

    assert_int_equal(x509_write_crl(&crl, &issuer->key, der, sizeof der, &collateral.pck_crl_len), 0);
    collateral.pck_crl = der;
    return verify_evidence(&request, &authority, arena, verdict);
}

static void revocation_lists_have_their_time(void **state)
{
    struct td *td = *state;
    struct arena arena;
    struct verify_verdict verdict;

    arena_init(&arena);
    assert_true(verdict_with_crl(td, SOME_TIME - 1, SOME_TIME + 1, &arena, &verdict));
    assert_false(verdict_with_crl(td, SOME_TIME - 2, SOME_TIME - 1, &arena, &verdict));
    assert_contains(verdict.reason.text, "a revocation list has expired");
    assert_false(verdict_with_crl(td, SOME_TIME + 1, SOME_TIME + 2, &arena, &verdict));
    assert_contains(verdict.reason.text, "a revocation list is not valid yet");
    arena_free(&arena);
}

static void report_data_beside_the_quote_must_be_its(void **state)
{
    static const uint8_t other[REPORT_DATA_BYTES] = {0x56};
    struct td *td = *state;
    struct arena arena;
    struct evidence_request request = {.quote = SPAN_NONE};
    struct span quote;

    arena_init(&arena);
    quote = td_quote(td, report_data, &arena);
    request.attestation =
        hex_text(attestation_scale_write(view_scale(td->view), quote, other, &arena), &arena);
    assert_refused(td, &request, &arena, "the attestation's report_data differs from the quote's");
    request.attestation =
        hex_text(attestation_msgpack_write(view_msgpack(td->view), quote, other, &arena), &arena);
    assert_refused(td, &request, &arena, "the attestation's report_data differs from the quote's");
    arena_free(&arena);
}

static void the_reference_is_valid_under_its_own_root(void **state)
{
    struct quote_authority authority;
    struct reference reference;
    struct arena arena;
    struct verify_verdict verdict;

    (void)state;
    arena_init(&arena);
    reference_read(&reference, &arena);
    authority = (struct quote_authority){
        .platform = &reference.platform, .collateral = &reference.collateral, .now = REFERENCE_TIME};
    if (!verify_evidence(&reference.request, &authority, &arena, &verdict))
        fail_msg("%s", verdict.reason.text);
    assert_hex_equal(verdict.app.os_image_hash, 32,
                     json_string_value(json_object_get(reference.json, "os_image_hash")));
    authority.now = REFERENCE_TIME + 60 * INT64_C(86400);
    assert_false(verify_evidence(&reference.request, &authority, &arena, &verdict));
    assert_contains(verdict.reason.text,
                    "tcbInfo: it has expired: its next update was due 2026-12-21T08:31:11Z");
    reference_free(&reference);
    arena_free(&arena);
}

static void the_reference_is_not_ours(void **state)
{
    struct reference reference;
    struct arena arena;

    arena_init(&arena);
    reference_read(&reference, &arena);
    assert_refused(*state, &reference.request, &arena, "its root is not trusted");
    reference_free(&reference);
    arena_free(&arena);
}

#define TD_TEST(name) cmocka_unit_test_setup_teardown(name, td_setup, td_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TD_TEST(what_get_quote_answers_is_valid),
        TD_TEST(nul_and_zeros_may_be_missing),
        TD_TEST(the_app_is_the_td_s),
        TD_TEST(all_attestations_are_valid),
        TD_TEST(quotes_of_every_version_are_valid),
        TD_TEST(nothing_of_the_td_changes),
        TD_TEST(events_of_the_app_do_not_change_who_it_is),
        TD_TEST(the_status_is_reported),
        TD_TEST(the_status_of_a_part_is_reported),
        TD_TEST(what_is_wrong_is_named),
        TD_TEST(another_seed_s_root_is_not_trusted),
        TD_TEST(certificates_have_their_time),
        TD_TEST(revocation_lists_have_their_time),
        TD_TEST(report_data_beside_the_quote_must_be_its),
        cmocka_unit_test(the_reference_is_valid_under_its_own_root),
        TD_TEST(the_reference_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
