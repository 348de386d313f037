/* A TD asks a KMS for its keys: what it sends, what becomes of each answer, and how failures read. */
#include "test/unit/kms_join_fixture.h"

#include <jansson.h>
#include <malloc.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void a_td_boots_under_it(void **state)
{
    struct world *world = start(1);
    struct td *td = world->td;
    const struct event *measured;
    uint8_t image_hash[32];
    size_t len, bad_at;

    (void)state;
    assert_true(td->is_booting && !find_event(td, EVENT_NAME_KEY_PROVIDER));
    assert_string_equal(kms_join_url(&world->join), FIRST_METHODS);
    next(world, "GetTempCaCert");
    assert_null(world->call.ca);
    assert_null(world->call.chain);
    write_temp_ca(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_GOES_ON);
    next(world, "GetAppKey");
    assert_string_equal(world->call.ca, world->cluster->kms.ca.pem);
    assert_non_null(world->call.key);
    write_app_key(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_KEYS);
    assert_true(td->is_booting);
    measured = find_event(td, EVENT_NAME_OS_IMAGE_HASH);
    assert_int_equal(hex_decode(IMAGE_HASH, 64, image_hash, &len, &bad_at), HEX_OK);
    assert_true(measured &&
                span_equal(span_of(measured->payload, measured->payload_len), span_of(image_hash, len)));
    assert_non_null(find_event(td, EVENT_NAME_SYSTEM_READY));
    assert_int_equal(td_app_key_signature(td), TD_SIGNATURE_OURS);
    assert_string_equal(td->keys.gateway_app_id, "a gateway");
    next(world, "SignCert");
    write_chain(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_ENDED);
    assert_false(td->is_booting);
    assert_string_equal(td_cert_own(td, &world->error)->plain, CHAIN CHAIN);
    finish(world);
}

/* The digits of a key that KMSs answer, as write_app_key does. */
static const char *secret;
static size_t freed, leaks;

static void free_and_look(void *memory)
{
    freed++;
    if (memory && memmem(memory, malloc_usable_size(memory), secret, strlen(secret)))
        leaks++;
    free(memory);
}

static void the_answer_is_wiped(void **state)
{
    struct world *world = start(1);
    char digits[65] = "";
    const char *found;

    (void)state;
    get_temp_ca(world);
    next(world, "GetAppKey");
    write_app_key(world);
    found = memmem(world->body.data, world->body.len, "k256_key\":\"", 11);
    assert_non_null(found);
    memcpy(digits, found + 11, sizeof digits - 1);
    secret = digits;
    json_set_alloc_funcs(malloc, free_and_look);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_KEYS);
    json_set_alloc_funcs(malloc, free);
    assert_true(freed > 0);
    assert_int_equal(leaks, 0);
    finish(world);
}

/* What it sends is what the KMS of this cluster admits and signs. */
static void the_kms_takes_what_it_sends(void **state)
{
    struct world *world = start(1);
    struct kms_gate gate = {.server = world->server, .arena = &world->arena};
    struct kms_gate_pass pass;

    (void)state;
    get_temp_ca(world);
    next(world, "GetAppKey");
    gate.certificate = der_of(world, world->call.chain);
    assert_int_equal(kms_gate_identify(&gate, &world->error), 0);
    if (kms_gate_admit(&gate, false, SPAN_NONE, &pass, &world->error))
        fail_msg("%s", world->error.text);
    assert_true(span_equal(pass.boot.app.app_id, span_of(world->td->identity.app_id, APP_ID_BYTES)));
    assert_int_equal(pass.boot.app.key_provider_info.len, 0);
    finish(world);
}

static void failures_are_one_sentence(void **state)
{
    static const char words[] = "{\"error\":\"App not allowed: Boot denied: no\"}";
    const struct {
        int status;
        const char *body, *expected;
    } cases[] = {
        {400, words, "it refuses with status 400: App not allowed: Boot denied: no"},
        {400, "{\"error\":\"two\\nlines\\u0007\"}", "it refuses with status 400: two lines "},
        {502, "<html>\n\xff", "it answers with status 502: <html> ?"},
        {200, "<html>", "its answer is not what a KMS answers: not valid JSON"},
        {200, "[]", "its answer is not what a KMS answers: must be a JSON object"},
        {200, "{}", "its answer is not what a KMS answers: the member disk_crypt_key is missing"},
        {200, "{\"disk_crypt_key\":\"00\"}", "disk_crypt_key must have 32 bytes"},
        {200,
         "{\"disk_crypt_key\":\"" ZEROS "\",\"env_crypt_key\":\"" ZEROS "\",\"k256_key\":\"" ZEROS
         "\",\"k256_signature\":\"" ZEROS ZEROS "00\",\"gateway_app_id\":\"\"}",
         "its answer is not what a KMS answers: k256_key is not a secp256k1 private key"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct world *world = start(1);
        const char prefix[] =
            "failed to get the app's keys from the KMS: " FIRST_METHODS ": Failed to get app key: ";

        get_temp_ca(world);
        next(world, "GetAppKey");
        assert_int_equal(answer(world, cases[i].status, cases[i].body), KMS_JOIN_HAS_FAILED);
        assert_memory_equal(world->error.text, prefix, sizeof prefix - 1);
        if (!strstr(world->error.text, cases[i].expected))
            fail_msg("expected %s in: %s", cases[i].expected, world->error.text);
        assert_true(world->td->is_booting);
        get_keys(world); /* it begins again */
        finish(world);
    }
}

static void each_url_is_tried(void **state)
{
    struct world *world = start(2);

    (void)state;
    next(world, "GetTempCaCert");
    assert_int_equal(answer(world, 500, "one"), KMS_JOIN_GOES_ON);
    assert_string_equal(kms_join_url(&world->join), SECOND);
    get_temp_ca(world);
    next(world, "GetAppKey");
    assert_int_equal(answer(world, 500, "two"), KMS_JOIN_HAS_FAILED);
    assert_string_equal(world->error.text,
                        "failed to get the app's keys from the KMS: " FIRST_METHODS
                        ": Failed to get temp ca cert: it answers with status 500: one; " SECOND
                        ": Failed to get app key: it answers with status 500: two");
    assert_string_equal(kms_join_url(&world->join), FIRST_METHODS);
    next(world, "GetTempCaCert");
    assert_int_equal(answer(world, 500, "one"), KMS_JOIN_GOES_ON);
    get_keys(world);
    assert_string_equal(world->td->keys.kms.url, SECOND);
    finish(world);
}

static void the_certificate_is_asked_for_again_alone(void **state)
{
    struct world *world = start(2);
    size_t events;

    (void)state;
    get_keys(world);
    events = world->td->state.log.count;
    for (int i = 0; i < 2; i++) {
        next(world, "SignCert");
        assert_int_equal(answer(world, 400, "{\"error\":\"busy\"}"), KMS_JOIN_HAS_FAILED);
        assert_string_equal(world->error.text,
                            "failed to get the TD's certificate from the KMS: " FIRST_METHODS
                            ": Failed to sign the CSR: it refuses with status 400: busy");
    }
    kms_join_free(&world->join); /* as when its VM is stopped and started */
    kms_join_init(&world->join, world->cluster, world->td, (const char *const[]){SECOND}, 1);
    assert_string_equal(kms_join_url(&world->join), FIRST_METHODS);
    next(world, "SignCert");
    assert_int_equal(answer(world, 200, "{\"certificate_chain\":[]}"), KMS_JOIN_HAS_FAILED);
    assert_non_null(strstr(world->error.text, "certificate_chain must be an array of 1 to 4 texts"));
    assert_int_equal(answer(world, 200, "{\"certificate_chain\":[\"x\"]}"), KMS_JOIN_HAS_FAILED);
    assert_non_null(strstr(world->error.text, "certificate_chain[0] must be a certificate in PEM"));
    write_chain(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_ENDED);
    assert_int_equal(world->td->state.log.count, events);
    finish(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_td_boots_under_it),
        cmocka_unit_test(the_answer_is_wiped),
        cmocka_unit_test(the_kms_takes_what_it_sends),
        cmocka_unit_test(failures_are_one_sentence),
        cmocka_unit_test(each_url_is_tried),
        cmocka_unit_test(the_certificate_is_asked_for_again_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
