/* Whose keys a TD takes: what it checks of a KMS, and of an app keys file. */
#include "test/unit/kms_join_fixture.h"

static void only_a_kms_with_a_genuine_quote_is_trusted(void **state)
{
    struct world *world = start(1);
    struct app_cert_evidence evidence;
    struct p256_key other;
    struct {
        const char *usage;
        struct span attestation;
        const char *expected; /* NULL: it is trusted */
    } cases[] = {
        {NULL, SPAN_NONE, "its certificate is not that of a KMS: it lacks the usage kms:rpc"},
        {"app:custom", SPAN_NONE,
         "its certificate is not that of a KMS: its usage is \"app:custom\", not kms:rpc"},
        {"kms:rpc", span_text("no attestation"), "the quote in its certificate is refused: "},
        {"kms:rpc", SPAN_NONE, "the quote in its certificate is refused: report data mismatch"},
        {"kms:rpc", SPAN_NONE, NULL},
    };

    (void)state;
    p256_key_generate(&other);
    td_evidence(world->server->td, &other, &world->arena, &evidence);
    cases[3].attestation = evidence.attestation;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        world->certificate = SPAN_NONE;
        get_temp_ca(world);
        next(world, "GetAppKey");
        write_app_key(world);
        world->certificate = certificate_with(world, cases[i].usage, cases[i].attestation);
        if (!cases[i].expected) {
            assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_KEYS);
            continue;
        }
        assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_FAILED);
        if (!strstr(world->error.text, cases[i].expected))
            fail_msg("expected %s in: %s", cases[i].expected, world->error.text);
    }
    finish(world);
}

static void temporary_cas_are_checked(void **state)
{
    struct world *world = start(1);

    (void)state;
    next(world, "GetTempCaCert");
    assert_int_equal(answer(world, 200, "{\"temp_ca_cert\":\"x\",\"temp_ca_key\":\"y\",\"ca_cert\":\"z\"}"),
                     KMS_JOIN_HAS_FAILED);
    assert_non_null(strstr(world->error.text,
                           "Failed to get temp ca cert: its answer is not what a KMS answers: "
                           "ca_cert is not a usable CA certificate: "));
    finish(world);
}

static void a_pinned_provider_is_the_only_one(void **state)
{
    struct world *world = calloc(1, sizeof *world);
    struct td_config config;
    char compose[400];

    (void)state;
    snprintf(compose, sizeof compose,
             "{\"manifest_version\":2,\"name\":\"a\",\"runner\":\"docker-compose\",\"kms_enabled\":true,"
             "\"key_provider_id\":\"%0182d\"}",
             7);
    td_config_init(&config);
    config.awaits_keys = true;
    config.app_compose = span_text(compose);
    begin(world, &config, 1);
    get_temp_ca(world);
    next(world, "GetAppKey");
    write_app_key(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_FAILED);
    assert_non_null(
        strstr(world->error.text, "app-compose: its key_provider_id is not that of the key provider "));
    assert_null(find_event(world->td, EVENT_NAME_KEY_PROVIDER));
    finish(world);
}

/* Another TD, which has read the app keys file of the one of world, and the temporary CA. */
static struct world *start_with_file_of(const struct world *world, struct buf *file)
{
    struct world *again = calloc(1, sizeof *again);
    struct td_config config;

    assert_non_null(again);
    buf_init(file, SIZE_MAX);
    app_keys_file_write(&world->td->keys, file);
    td_config_init(&config);
    config.awaits_keys = true;
    config.app_keys = buf_span(file);
    begin(again, &config, 1);
    next(again, "GetTempCaCert");
    write_temp_ca(again);
    return again;
}

static void keys_of_a_file_are_kept(void **state)
{
    struct world *world = start(1), *again;
    struct buf file;

    (void)state;
    get_keys(world);
    again = start_with_file_of(world, &file);
    assert_int_equal(answer(again, 200, NULL), KMS_JOIN_HAS_KEYS);
    assert_memory_equal(again->td->keys.k256_key, world->td->keys.k256_key, 32);
    assert_memory_equal(again->td->keys.disk_key, world->td->keys.disk_key, 32);
    assert_string_equal(again->td->keys.gateway_app_id, "a gateway");
    next(again, "SignCert");
    buf_free(&file);
    finish(again);
    finish(world);
}

static void another_kms_does_not_sign_for_a_file(void **state)
{
    struct world *world = start(1), *again;
    struct buf file;

    (void)state;
    get_keys(world);
    world->td->keys.provider_id[80] ^= 1;
    again = start_with_file_of(world, &file);
    assert_int_equal(answer(again, 200, NULL), KMS_JOIN_HAS_FAILED);
    assert_non_null(strstr(again->error.text, "it is not the KMS of the app keys file"));
    buf_free(&file);
    finish(again);
    finish(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_kms_with_a_genuine_quote_is_trusted),
        cmocka_unit_test(temporary_cas_are_checked),
        cmocka_unit_test(a_pinned_provider_is_the_only_one),
        cmocka_unit_test(keys_of_a_file_are_kept),
        cmocka_unit_test(another_kms_does_not_sign_for_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
