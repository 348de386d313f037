/* A whole TD: identity, keys against a running agent's, quotes, and the log that
 * always replays to the registers. */
#include "crypto/hash.h"
#include "sim/base/embedded.h"
#include "sim/td/app_cert.h"
#include "sim/td/td.h"
#include "test/unit/td_fixture.h"
#include "test/unit/vectors.h"

static void key_of_the_vectors(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct app_key key;

    assert_int_equal(
        app_key_get(td->key_cache, &td->keys, td->k256, APP_KEY_SECP256K1, "a", "p", &key, &error), 0);
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
        assert_int_equal(
            app_key_get(td->key_cache, &td->keys, td->k256, APP_KEY_ED25519, path, "", &again, &error), 0);
    }
    assert_int_equal(
        app_key_get(td->key_cache, &td->keys, td->k256, APP_KEY_ED25519, "x", "ab", &first, &error), 0);
    assert_int_equal(
        app_key_get(td->key_cache, &td->keys, td->k256, APP_KEY_ED25519, "x", "ab", &again, &error), 0);
    assert_memory_equal(&first, &again, sizeof first);
    assert_int_equal(
        app_key_get(td->key_cache, &td->keys, td->k256, APP_KEY_ED25519, "xa", "b", &again, &error), 0);
    assert_memory_not_equal(first.private_key, again.private_key, 32);
}

static void the_kms_root_signs_the_issued_key(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    struct td *td, *other;
    uint8_t digest[32], root[33], other_root[33];
    struct bytes message[3] = {{"dstack-kms-issued:", 18}};

    (void)state;
    td_config_init(&config);
    td = td_new(&config, &error);
    config.app_compose = span_text("{\"name\":\"other\"}");
    other = td_new(&config, &error);
    assert_non_null(td);
    assert_non_null(other);
    message[1] = (struct bytes){td->app_id, 20};
    message[2] = (struct bytes){td->keys.k256_public, 33};
    hash_parts(HASH_KECCAK256, message, 3, digest);
    assert_int_equal(k256_recover(td->k256, digest, td->keys.k256_signature, root), 0);
    message[1].data = other->app_id;
    message[2].data = other->keys.k256_public;
    hash_parts(HASH_KECCAK256, message, 3, digest);
    assert_int_equal(k256_recover(td->k256, digest, other->keys.k256_signature, other_root), 0);
    assert_memory_equal(root, other_root, 33);
    assert_memory_not_equal(td->keys.k256_key, other->keys.k256_key, 32);
    assert_string_equal(td->keys.ca_cert, other->keys.ca_cert);
    td_free(td);
    td_free(other);
}

static void replay(const struct td *td, struct registers *replayed)
{
    memset(replayed, 0, sizeof *replayed);
    for (size_t i = 0; i < td->log.count; i++)
        registers_extend(replayed, td->log.events[i].imr, td->log.events[i].digest);
}

static void an_event_moves_rtmr3_alone(void **state)
{
    struct td *td = *state;
    struct error error = {.kind = ERROR_NONE};
    struct registers before = td->registers, replayed;
    size_t count = td->log.count;

    assert_int_equal(td_emit_event(td, "hello", span_text("world"), &error), 0);
    assert_int_equal(td->log.count, count + 1);
    assert_memory_equal(before.rtmr, td->registers.rtmr, 3 * REGISTER_BYTES);
    assert_memory_not_equal(before.rtmr[3], td->registers.rtmr[3], REGISTER_BYTES);
    replay(td, &replayed);
    assert_memory_equal(replayed.rtmr, td->registers.rtmr, sizeof replayed.rtmr);
    assert_non_null(
        strstr(td_view(td)->event_log.plain, "\"event\":\"hello\",\"event_payload\":\"776f726c64\""));
}

static void a_refused_event_changes_nothing(void **state)
{
    struct td *td = *state;
    static char long_name[EVENT_NAME_BYTES_MAX + 2];
    static uint8_t large[EVENT_PAYLOAD_BYTES_MAX + 1];
    const struct registers before = td->registers;
    const size_t count = td->log.count;
    struct error error = {.kind = ERROR_NONE};

    memset(long_name, 'x', sizeof long_name - 1);
    assert_int_equal(td_emit_event(td, "", NO_SPAN, &error), -1);
    assert_int_equal(td_emit_event(td, long_name, NO_SPAN, &error), -1);
    assert_int_equal(td_emit_event(td, "x", span_of(large, sizeof large), &error), -1);
    assert_int_equal(error.kind, ERROR_INPUT);
    assert_int_equal(td->log.count, count);
    assert_memory_equal(&before, &td->registers, sizeof before);
}

static void the_log_has_an_end_and_certificates_hold_all_of_it(void **state)
{
    struct td *td = *state;
    static uint8_t large[EVENT_PAYLOAD_BYTES_MAX];
    struct error error = {.kind = ERROR_NONE};
    size_t taken = 0;

    while (td_emit_event(td, "fill", span_of(large, sizeof large), &error) == 0)
        taken++;
    assert_in_range(taken, 1, EVENT_LOG_BYTES_MAX / EVENT_PAYLOAD_BYTES_MAX);
    assert_non_null(strstr(error.text, "full"));
    assert_true(td_view(td)->app_cert.len > td->view.event_log.len);
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
    hash_sha256(quote.data, QUOTE_SIGNED_BYTES, digest);
    assert_true(
        p256_verify(td->platform.attestation_key.public_key, digest, quote.data + QUOTE_SIGNED_BYTES + 4));
    assert_memory_equal(quote.data + 568, report_data, sizeof report_data);
    assert_memory_equal(quote.data + 48 + 136, td->registers.mrtd, REGISTER_BYTES);
    assert_memory_equal(quote.data + 48 + 328, td->registers.rtmr, sizeof td->registers.rtmr);
    assert_int_equal(bytes_get_le32(quote.data + QUOTE_SIGNED_BYTES), quote.len - QUOTE_SIGNED_BYTES - 4);
    arena_free(&arena);
}

static void the_app_decides_its_own_identity_alone(void **state)
{
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    struct td *a, *b;

    (void)state;
    td_config_init(&config);
    config.app_compose = span_text("{\"name\":\"a\"}");
    a = td_new(&config, &error);
    config.app_compose = span_text("{\"name\":\"b\"}");
    b = td_new(&config, &error);
    assert_memory_not_equal(a->app_id, b->app_id, 20);
    assert_memory_not_equal(a->registers.rtmr[3], b->registers.rtmr[3], REGISTER_BYTES);
    assert_memory_equal(a->registers.rtmr, b->registers.rtmr, 3 * REGISTER_BYTES);
    assert_memory_equal(a->platform.device_id, b->platform.device_id, 32);
    assert_string_equal(a->platform.pck.pem, b->platform.pck.pem);
    assert_memory_equal(a->app_id, a->app.compose_hash, 20);
    td_free(a);
    td_free(b);
}

static void refuses_inputs_by_name(void **state)
{
    static const struct {
        const char *compose, *keys, *wants;
    } cases[] = {
        {"[]", NULL, "app-compose"},
        {"{\"name\":1}", NULL, "name must be a string"},
        {"{\"a\":\"\xff\"}", NULL, "UTF-8"},
        {"{}", "{}", "app keys: the member k256_key is missing"},
        {"{}", "{\"k256_key\":\"00\"}", "k256_key must have 32 bytes"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};
        struct td_config config;

        td_config_init(&config);
        config.app_compose = span_text(cases[i].compose);
        if (cases[i].keys)
            config.app_keys = span_text(cases[i].keys);
        assert_null(td_new(&config, &error));
        if (!strstr(error.text, cases[i].wants))
            fail_msg("%s: %s", cases[i].wants, error.text);
    }
}

/* What happens to one does not show in the other, whichever goes first. */
static void two_tds_live_side_by_side(void **state)
{
    const uint8_t report_data[REPORT_DATA_BYTES] = {0x12, 0x34};
    struct error error = {.kind = ERROR_NONE};
    struct td_config config;
    struct td *a, *b;
    struct arena arena;
    struct span before;

    (void)state;
    arena_init(&arena);
    td_config_init(&config);
    a = td_new(&config, &error);
    b = td_new(&config, &error);
    before = td_quote(b, report_data, &arena);
    assert_true(span_equal(td_quote(a, report_data, &arena), before));
    assert_int_equal(td_emit_event(a, "only here", NO_SPAN, &error), 0);
    assert_false(span_equal(td_quote(a, report_data, &arena), before));
    assert_true(span_equal(td_quote(b, report_data, &arena), before));
    assert_null(strstr(td_view(b)->event_log.plain, "only here"));
    td_free(a);
    assert_true(span_equal(td_quote(b, report_data, &arena), before));
    td_free(b);
    arena_free(&arena);
}

static void emit(struct td *td, const char *name)
{
    struct error error = {.kind = ERROR_NONE};

    assert_int_equal(td_emit_event(td, name, span_text("payload"), &error), 0);
}

static char *present_log(struct td *td)
{
    return strdup(td_view(td)->event_log.plain);
}

static void a_td_goes_back_to_any_state_it_was_in(void **state)
{
    struct td *td = *state;
    struct td_snapshot start, later;
    const struct scenario debug = {.debug_td = true};
    struct registers registers[2];
    char *logs[2];

    td_snapshot_take(&start, td);
    registers[0] = td->registers;
    logs[0] = present_log(td);
    emit(td, "one");
    td_set_scenario(td, &debug);
    td_snapshot_take(&later, td);
    registers[1] = td->registers;
    logs[1] = present_log(td);
    emit(td, "two");
    for (int i = 3; i >= 0; i--) {
        td_revert(td, i % 2 ? &later : &start);
        assert_memory_equal(&td->registers, &registers[i % 2], sizeof td->registers);
        assert_string_equal(td_view(td)->event_log.plain, logs[i % 2]);
        assert_int_equal(td->scenario.debug_td, i % 2);
        emit(td, "other");
        assert_memory_not_equal(&td->registers, &registers[i % 2], sizeof td->registers);
    }
    assert_int_equal(td->reverts, 4);
    for (int i = 0; i < 2; i++)
        free(logs[i]);
    td_snapshot_free(&start);
    td_snapshot_free(&later);
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
        cmocka_unit_test_setup_teardown(a_td_goes_back_to_any_state_it_was_in, td_setup, td_teardown),
        cmocka_unit_test(the_app_decides_its_own_identity_alone),
        cmocka_unit_test(two_tds_live_side_by_side),
        cmocka_unit_test(refuses_inputs_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
