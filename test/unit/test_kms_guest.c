/* What a guest makes of answers that no KMS would give, and of keys that it cannot use. */
#include "sim/kms/kms_guest.h"

#include "sim/base/json_text.h"
#include "test/unit/td_fixture.h"

#define IS_WRONG "its answer is not what a KMS answers: "

struct world {
    struct cluster *cluster;
    struct app_keys keys;
    struct arena arena;
    struct buf body;
    char key[X509_KEY_PEM_CHARS + 1]; /* PEM: that of the temporary CA */
};

static int start(void **state)
{
    struct world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->cluster = td_fixture_cluster(NULL, NULL);
    arena_init(&world->arena);
    buf_init(&world->body, SIZE_MAX);
    x509_key_write_pem(&world->cluster->kms.temp_ca.key, world->key);
    *state = world;
    return 0;
}

static int finish(void **state)
{
    struct world *world = *state;

    app_keys_free(&world->keys);
    arena_free(&world->arena);
    buf_free(&world->body);
    cluster_free(world->cluster);
    free(world);
    return 0;
}

static void assert_ends(const char *text, const char *expected)
{
    if (!strstr(text, expected))
        fail_msg("expected %s in: %s", expected, text);
}

/* --- answers --- */

static int take_temp_ca(struct world *world, const char *cert, const char *key, const char *ca,
                        struct error *error)
{
    buf_reset(&world->body);
    json_text_member(&world->body, '{', "temp_ca_cert", cert);
    json_text_member(&world->body, ',', "temp_ca_key", key);
    json_text_member(&world->body, ',', "ca_cert", ca);
    buf_append_byte(&world->body, '}');
    return kms_guest_take_temp_ca(&(struct kms_guest_answer){.status = 200, .body = buf_span(&world->body)},
                                  &world->keys, error);
}

static void a_temporary_ca_that_cannot_be_used(void **state)
{
    struct world *world = *state;
    const struct kms *kms = &world->cluster->kms;
    const struct {
        const char *cert, *key, *ca, *expected;
    } cases[] = {
        {kms->temp_ca.pem, world->key, "x", IS_WRONG "ca_cert is not a usable CA certificate: "},
        {"x", world->key, kms->ca.pem, IS_WRONG "temp_ca_cert is not a usable CA certificate: "},
        {kms->temp_ca.pem, "x", kms->ca.pem, IS_WRONG "temp_ca_key is not a P-256 private key in PEM: "},
        {kms->temp_ca.pem, kms->temp_ca.pem, kms->ca.pem, "temp_ca_key is not a P-256 private key in PEM: "},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error error = {.kind = ERROR_NONE};

        assert_int_equal(take_temp_ca(world, cases[i].cert, cases[i].key, cases[i].ca, &error), -1);
        assert_int_equal(error.kind, ERROR_INPUT);
        assert_ends(error.text, "Failed to get temp ca cert: ");
        assert_ends(error.text, cases[i].expected);
    }
}

static void an_answer_that_did_not_come(void **state)
{
    struct world *world = *state;
    const struct kms_guest_answer answer = {.problem = "no one listens"};
    struct kms_guest_image_hash hash;
    char *chain[KMS_GUEST_CHAIN_MAX + 1];
    struct error errors[3] = {{.kind = ERROR_NONE}};

    assert_int_equal(kms_guest_take_temp_ca(&answer, &world->keys, &errors[0]), -1);
    assert_string_equal(errors[0].text, "Failed to get temp ca cert: no one listens");
    assert_int_equal(kms_guest_take_app_key(world->cluster, &answer, &world->keys, &hash, &errors[1]), -1);
    assert_string_equal(errors[1].text, "Failed to get app key: no one listens");
    assert_int_equal(kms_guest_take_chain(world->cluster, &answer, &world->arena, chain, &errors[2]), -1);
    assert_string_equal(errors[2].text, "Failed to sign the CSR: no one listens");
}

/* --- questions --- */

static int ask_certificate(struct world *world, char *cert, char *key, struct error *error)
{
    struct td *td = world->cluster->first;
    struct app_keys_kms *kms = &td->keys.kms;
    const struct app_keys_kms before = *kms;
    const struct app_cert_request request = {.subject = "x"};
    struct kms_guest_call call;
    struct p256_key own;
    int result;

    p256_key_generate(&own);
    kms->temp_ca_cert = cert;
    kms->temp_ca_key = key;
    result = kms_guest_ask_certificate(td, &request, &own, &world->arena, &call, error);
    *kms = before;
    return result;
}

static void a_temporary_ca_of_a_file_that_cannot_be_used(void **state)
{
    struct world *world = *state;
    char *cert = world->cluster->kms.temp_ca.pem, bad[] = "x";
    struct error error = {.kind = ERROR_NONE};

    if (ask_certificate(world, cert, world->key, &error))
        fail_msg("%s", error.text);
    assert_int_equal(ask_certificate(world, cert, bad, &error), -1);
    assert_ends(error.text, "the key of the temporary CA is not a P-256 key in PEM: ");
    error = (struct error){.kind = ERROR_NONE};
    assert_int_equal(ask_certificate(world, bad, world->key, &error), -1);
    assert_ends(error.text, "the temporary CA is not a usable CA certificate: ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_temporary_ca_that_cannot_be_used, start, finish),
        cmocka_unit_test_setup_teardown(an_answer_that_did_not_come, start, finish),
        cmocka_unit_test_setup_teardown(a_temporary_ca_of_a_file_that_cannot_be_used, start, finish),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
