/* A whole TD: identity, keys against a running agent's, quotes, the log that always
 * replays to the registers. */
#include "sim/td/td.h"
#include "crypto/hash.h"
#include "sim/keys/path_key.h"
#include "sim/td/view.h"
#include "test/unit/app_cert_fixture.h"
#include "test/unit/k256_recover.h"

static void key_of_the_vectors(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct app_key key;

    assert_int_equal(path_key_get(&td->keyring, APP_KEY_SECP256K1, "a", "p", &key, &error), 0);
    assert_hex_equal(key.private_key, 32, "bf77a922825c35606d8a00f79fff1ad5915f48e3eed8838ed9f0ac09eb43ad94");
    assert_hex_equal(key.signature, 65,
                     "309ff997a26732d345f0dadbf5bf88acaea7dbb4c8c1e44eb4085c749fac5223"
                     "1e63eeeaec41fd488025e6e785d011720d7f81ee17cb4d0a76239528e2656ba900");
}

static void a_kept_key_is_the_derived_one(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct app_key first, again;

    for (int i = 0; i < 1000; i++) {
        char path[32];
        snprintf(path, sizeof path, "path/%d", i);
        assert_int_equal(path_key_get(&td->keyring, APP_KEY_ED25519, path, "", &again, &error), 0);
    }
    assert_int_equal(path_key_get(&td->keyring, APP_KEY_ED25519, "x", "ab", &first, &error), 0);
    assert_int_equal(path_key_get(&td->keyring, APP_KEY_ED25519, "x", "ab", &again, &error), 0);
    assert_memory_equal(&first, &again, sizeof first);
    assert_int_equal(path_key_get(&td->keyring, APP_KEY_ED25519, "xa", "b", &again, &error), 0);
    assert_memory_not_equal(first.private_key, again.private_key, 32);
}

static void the_kms_root_signs_the_issued_key(void **state)
{
    struct td_config config;
    struct td *td, *other;
    uint8_t digest[32], root[33], other_root[33];
    struct bytes message[3] = {{"dstack-kms-issued:", 18}};

    (void)state;
    td_config_init(&config);
    td = td_fixture_cluster(NULL, &config)->first;
    config.app_compose = span_text("{\"name\":\"other\",\"kms_enabled\":true}");
    other = td_fixture_cluster(NULL, &config)->first;
    message[1] = (struct bytes){td->identity.app_id, 20};
    message[2] = (struct bytes){td->keys.k256_public, 33};
    hash_parts(HASH_KECCAK256, message, 3, digest);
    recover_signer(digest, td->keys.k256_signature, root);
    message[1].data = other->identity.app_id;
    message[2].data = other->keys.k256_public;
    hash_parts(HASH_KECCAK256, message, 3, digest);
    recover_signer(digest, other->keys.k256_signature, other_root);
    assert_memory_equal(root, other_root, 33);
    assert_memory_not_equal(td->keys.k256_key, other->keys.k256_key, 32);
    assert_string_equal(td->keys.ca_cert, other->keys.ca_cert);
    td_fixture_free(td);
    td_fixture_free(other);
}

static void an_event_moves_rtmr3_alone(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct registers before = td->state.registers, replayed;
    size_t count = td->state.log.count;

    assert_int_equal(td_emit_event(td, "hello", span_text("world"), &error), 0);
    assert_int_equal(td->state.log.count, count + 1);
    assert_memory_equal(before.rtmr, td->state.registers.rtmr, 3 * REGISTER_BYTES);
    assert_memory_not_equal(before.rtmr[3], td->state.registers.rtmr[3], REGISTER_BYTES);
    td_replay(td, &replayed);
    assert_memory_equal(replayed.rtmr, td->state.registers.rtmr, sizeof replayed.rtmr);
    assert_non_null(strstr(td_event_log(td)->plain, "\"event\":\"hello\",\"event_payload\":\"776f726c64\""));
}

static void a_refused_event_changes_nothing(void **state)
{
    struct td *td = *state;
    static char long_name[EVENT_NAME_BYTES_MAX + 2];
    static uint8_t large[EVENT_PAYLOAD_BYTES_MAX + 1];
    const struct registers before = td->state.registers;
    const size_t count = td->state.log.count;
    struct error error = {.kind = ERROR_NONE};

    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(td_emit_event(td, "", SPAN_NONE, &error), -1);
    assert_int_equal(td_emit_event(td, long_name, SPAN_NONE, &error), -1);
    assert_int_equal(td_emit_event(td, "x", span_of(large, sizeof large), &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(td->state.log.count, count);
    assert_memory_equal(&before, &td->state.registers, sizeof before);
}

static void the_log_has_an_end_and_certificates_hold_all_of_it(void **state)
{
    struct td *td = *state;
    static uint8_t large[EVENT_PAYLOAD_BYTES_MAX];
    struct error error = {.kind = ERROR_NONE};
    const struct text *app_cert;
    size_t taken = 0;

    while (td_emit_event(td, "fill", span_of(large, sizeof large), &error) == 0)
        taken++;
    assert_in_range(taken, 1, EVENT_LOG_BYTES_MAX / EVENT_PAYLOAD_BYTES_MAX);
    assert_non_null(strstr(error.text, "full"));
    app_cert = td_cert_own(td, &error);
    assert_non_null(app_cert);
    assert_true(app_cert->len > td_event_log(td)->len);
}

static void quotes_are_signed_and_the_same_again(void **state)
{
    struct td *td = *state;
    const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    struct arena arena;
    struct span quote, again;
    uint8_t digest[32];

    arena_init(&arena);
    quote = td_quote(td, report_data, &arena);
    again = td_quote(td, report_data, &arena);
    assert_true(span_equal(quote, again));
    hash_sha256(quote.data, 632, digest);
    assert_true(
        p256_verify(td->shared->platform->first.attestation_key.public_key, digest, quote.data + 636));
    assert_memory_equal(quote.data + 568, report_data, sizeof report_data);
    assert_memory_equal(quote.data + 48 + 136, td->state.registers.mrtd, REGISTER_BYTES);
    assert_memory_equal(quote.data + 48 + 328, td->state.registers.rtmr, sizeof td->state.registers.rtmr);
    assert_int_equal(bytes_get_le32(quote.data + 632), quote.len - 636 - QUOTE_PADDING_BYTES);
    arena_free(&arena);
}

static void the_app_decides_its_own_identity_alone(void **state)
{
    struct td_config config;
    struct td *a, *b;

    (void)state;
    td_config_init(&config);
    config.app_compose = span_text("{\"name\":\"a\"}");
    a = td_fixture_cluster(NULL, &config)->first;
    config.app_compose = span_text("{\"name\":\"b\"}");
    b = td_fixture_cluster(NULL, &config)->first;
    assert_memory_not_equal(a->identity.app_id, b->identity.app_id, 20);
    assert_memory_not_equal(a->state.registers.rtmr[3], b->state.registers.rtmr[3], REGISTER_BYTES);
    assert_memory_equal(a->state.registers.rtmr, b->state.registers.rtmr, 3 * REGISTER_BYTES);
    assert_memory_equal(a->shared->platform->device_id, b->shared->platform->device_id, 32);
    assert_memory_equal(a->identity.device_id, a->shared->platform->device_id, 32);
    assert_memory_equal(b->identity.device_id, a->identity.device_id, 32);
    assert_string_equal(a->shared->platform->first.pck.pem, b->shared->platform->first.pck.pem);
    assert_memory_equal(a->identity.app_id, a->app.compose_hash, 20);
    assert_memory_equal(a->identity.compose_hash, a->app.compose_hash, 32);
    td_fixture_free(a);
    td_fixture_free(b);
}

static void refuses_inputs_by_name(void **state)
{
    static const struct {
        const char *compose, *keys, *expected;
    } cases[] = {
        {"[]", NULL, "app-compose"},
        {"{\"name\":1}", NULL, "name must be a string"},
        {"{\"a\":\"\xff\"}", NULL, "UTF-8"},
        {"{}", "{}", "app keys: the member k256_key is missing"},
        {"{}", "{\"k256_key\":\"00\"}", "k256_key must have 32 bytes"},
    };
    struct cluster *cluster = td_fixture_cluster(NULL, NULL);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct td_config config;

        td_config_init(&config);
        config.app_compose = span_text(cases[i].compose);
        if (cases[i].keys)
            config.app_keys = span_text(cases[i].keys);
        assert_null(cluster_add(cluster, &config, &error));
        if (!strstr(error.text, cases[i].expected))
            fail_msg("%s: %s", cases[i].expected, error.text);
        assert_null(cluster->first->next);
    }
    cluster_free(cluster);
}

/* What happens to one does not show in the other, whichever goes first. */
static void assert_side_by_side(struct td *a, struct td *b)
{
    const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    struct error error = {.kind = ERROR_NONE};
    struct arena arena;
    struct span before;

    arena_init(&arena);
    before = td_quote(b, report_data, &arena);
    assert_true(span_equal(td_quote(a, report_data, &arena), before));
    assert_int_equal(td_emit_event(a, "only here", SPAN_NONE, &error), 0);
    assert_false(span_equal(td_quote(a, report_data, &arena), before));
    assert_true(span_equal(td_quote(b, report_data, &arena), before));
    assert_null(strstr(td_event_log(b)->plain, "only here"));
    if (a->shared == b->shared)
        cluster_remove(td_fixture_cluster_of(a), a);
    else
        td_fixture_free(a);
    assert_true(span_equal(td_quote(b, report_data, &arena), before));
    td_fixture_free(b);
    arena_free(&arena);
}

static void two_tds_live_side_by_side(void **state)
{
    (void)state;
    assert_side_by_side(td_fixture_cluster(NULL, NULL)->first, td_fixture_cluster(NULL, NULL)->first);
}

static void so_do_two_of_one_cluster(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct cluster *cluster = td_fixture_cluster(NULL, NULL);
    struct td_config config;
    struct td *second;

    (void)state;
    td_config_init(&config);
    second = cluster_add(cluster, &config, &error);
    assert_non_null(second);
    assert_ptr_equal(cluster->first->next, second);
    assert_int_not_equal(cluster->first->number, second->number);
    assert_side_by_side(cluster->first, second);
}

/* --- what is made when it is asked for --- */

static void a_quote_after_an_event_renders_what_it_needs(void **state)
{
    const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    struct app_cert_fixture *f = *state;
    struct td *td = f->td;
    struct span quote, attestation, log;

    own_certificate(f);
    td_tcb_info(td);
    assert_true(td->view->has_tcb_info && td->view->has_app_cert);
    assert_int_equal(td_emit_event(td, "late", SPAN_NONE, &f->error), 0);
    quote = td_quote(td, report_data, &f->arena);
    attestation = td_attestation(td, TD_ATTESTATION_MSGPACK, report_data, &f->arena, NULL);
    assert_memory_equal(quote.data + 48 + 472, td->state.registers.rtmr[3], REGISTER_BYTES);
    assert_non_null(memmem(attestation.data, attestation.len, "late", 4));
    assert_int_equal(td->view->msgpack.seen, td->state.log.count);
    assert_int_equal(td->view->scale.count, td->state.log.count - 1);
    assert_false(td->view->has_tcb_info);
    assert_false(td->view->has_app_cert);

    mbedtls_x509_crt_free(&f->crt);
    certificate_read(&f->crt, own_certificate(f)->plain);
    log = wrapped(f, EVENT_LOG_OID);
    assert_non_null(memmem(log.data, log.len, "\"event\":\"late\"", 14));
    assert_memory_equal(wrapped(f, QUOTE_OID).data + 48 + 472, td->state.registers.rtmr[3], REGISTER_BYTES);
    assert_true(td->view->has_app_cert);
    assert_false(td->view->has_tcb_info);
}

static void a_new_td_has_rendered_nothing(void **state)
{
    const struct td *td = *state;

    assert_false(td->view->has_event_log || td->view->has_tcb_info);
    assert_false(td->view->has_scale || td->view->has_msgpack || td->view->has_app_cert);
}

/* Its boot extends RTMR3 all the same. */
static void apps_cannot_emit_events_on_0_6(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    struct registers replayed;
    struct td *td;

    (void)state;
    td_config_init(&config);
    config.os_image = os_image_embedded(OS_IMAGE_LINE_0_6);
    td = td_fixture_cluster(NULL, &config)->first;
    td_replay(td, &replayed);
    assert_memory_equal(replayed.rtmr, td->state.registers.rtmr, sizeof replayed.rtmr);
    assert_int_equal(td_emit_event(td, "mine", SPAN_NONE, &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_string_equal(error.text, "EmitEvent was removed in dstack 0.6.0; runtime RTMR3 events are "
                                    "system-owned and cannot be extended by apps");
    assert_memory_equal(replayed.rtmr, td->state.registers.rtmr, sizeof replayed.rtmr);
    assert_int_equal(td->emitted, 0);
    td_fixture_free(td);
}

static void assert_app_refused(enum os_image_line line, const char *app_compose, const char *sentence)
{
    struct error error = {.kind = ERROR_NONE};
    struct cluster *cluster = td_fixture_cluster(NULL, NULL);
    struct td_config config;

    td_config_init(&config);
    config.os_image = os_image_embedded(line);
    config.app_compose = span_text(app_compose);
    assert_null(cluster_add(cluster, &config, &error));
    assert_string_equal(error.text, sentence);
    cluster_free(cluster);
}

static void the_image_decides_which_app_it_takes(void **state)
{
    struct td *td = td_fixture_0_6("{\"manifest_version\":\"3\",\"requirements\":{\"health_check\":true}}");

    (void)state;
    assert_true(td->requirements.has_health_check);
    td_fixture_free(td);
    assert_app_refused(
        OS_IMAGE_LINE_0_6, "{\"manifest_version\":\"3\",\"requirements\":{\"os_version\":\">=0.7\"}}",
        "app-compose: requirements: os_version is \">=0.7\", but the TD boots an OS image of dstack "
        "0.6.0");
    assert_app_refused(
        OS_IMAGE_LINE_0_6, "{\"requirements\":{}}",
        "app-compose: requirements need manifest_version \"3\", as a string, so that older guests "
        "refuse the app");
    assert_app_refused(
        OS_IMAGE_LINE_0_5, "{\"manifest_version\":\"3\"}",
        "app-compose: manifest_version is the string \"3\", which needs an OS image of dstack 0.6: "
        "start with --dstack-os 0.6");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(key_of_the_vectors, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_kept_key_is_the_derived_one, td_setup, td_teardown),
        cmocka_unit_test(the_kms_root_signs_the_issued_key),
        cmocka_unit_test_setup_teardown(an_event_moves_rtmr3_alone, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_refused_event_changes_nothing, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(the_log_has_an_end_and_certificates_hold_all_of_it, td_setup,
                                        td_teardown),
        cmocka_unit_test_setup_teardown(quotes_are_signed_and_the_same_again, td_setup, td_teardown),
        cmocka_unit_test_setup_teardown(a_quote_after_an_event_renders_what_it_needs, app_cert_start,
                                        app_cert_finish),
        cmocka_unit_test_setup_teardown(a_new_td_has_rendered_nothing, td_setup, td_teardown),
        cmocka_unit_test(the_app_decides_its_own_identity_alone),
        cmocka_unit_test(two_tds_live_side_by_side),
        cmocka_unit_test(so_do_two_of_one_cluster),
        cmocka_unit_test(refuses_inputs_by_name),
        cmocka_unit_test(apps_cannot_emit_events_on_0_6),
        cmocka_unit_test(the_image_decides_which_app_it_takes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
