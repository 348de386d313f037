/* A TD asks a KMS for its keys: what it sends, what becomes of each answer, and how failures read. The answers are
 * what the KMS of the same cluster would give. */
#include "sim/kms/kms_join.h"

#include "crypto/base64.h"
#include "sim/base/hex.h"
#include "sim/base/json_text.h"
#include "sim/keys/app_keys_file.h"
#include "sim/keys/kms_certificates.h"
#include "sim/keys/kms_secrets.h"
#include "sim/kms/kms_gate.h"
#include "sim/td/td_cert.h"
#include "sim/tdx/event_names.h"
#include "test/unit/td_fixture.h"

#define FIRST "https://first.example:8000/"
#define FIRST_METHODS "https://first.example:8000/prpc"
#define SECOND "https://second.example/prpc"
#define IMAGE_HASH "a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf"
#define CHAIN "-----BEGIN CERTIFICATE-----\nleaf\n-----END CERTIFICATE-----\n"

struct world {
    struct cluster *cluster;
    struct td *td;
    struct kms_server *server;
    struct kms_join join;
    struct kms_guest_call call;
    struct arena arena;
    struct buf body;
    struct span certificate; /* of the server */
    struct error error;
};

static void begin(struct world *world, const struct td_config *config, size_t urls)
{
    static const char *const list[] = {FIRST, SECOND};

    world->cluster = td_fixture_cluster(NULL, config);
    world->td = world->cluster->first;
    world->server =
        kms_server_new(world->cluster, &(struct kms_server_config){.domain = "first.example"}, &world->error);
    assert_non_null(world->server);
    arena_init(&world->arena);
    buf_init(&world->body, SIZE_MAX);
    kms_join_init(&world->join, world->cluster, world->td, list, urls);
}

static struct world *start(size_t urls)
{
    struct world *world = calloc(1, sizeof *world);
    struct td_config config;

    td_config_init(&config);
    config.awaits_keys = true;
    begin(world, &config, urls);
    return world;
}

static void finish(struct world *world)
{
    kms_join_free(&world->join);
    kms_server_free(world->server);
    cluster_free(world->cluster);
    buf_free(&world->body);
    arena_free(&world->arena);
    free(world);
}

/* --- answers --- */

static struct span der_of(struct world *world, const char *pem)
{
    const char *text = strchr(pem, '\n');
    uint8_t *bytes = arena_alloc(&world->arena, strlen(pem));
    size_t len;

    assert_int_equal(base64_decode(text, (size_t)(strstr(text, "-----END") - text), bytes, &len), 0);
    return span_of(bytes, len);
}

/* The certificate of a server with that usage and attestation, or none of them. */
static struct span certificate_with(struct world *world, const char *usage, struct span attestation)
{
    const struct kms *kms = &world->cluster->kms;
    const struct leaf_issuer issuer = {
        {kms->ca.name, kms->ca.name_len}, kms->ca.key_id, &kms->ca.key, 1900000000};
    struct leaf_private extensions = {.count = 0};
    struct p256_key key;
    char *pem;

    p256_key_generate(&key);
    if (usage)
        leaf_private_add(&extensions, RA_TLS_USAGE, span_text(usage));
    if (attestation.len)
        leaf_private_add(&extensions, RA_TLS_ATTESTATION, attestation);
    assert_int_equal(leaf_issue(&issuer, &(struct leaf_request){.subject = "k"}, key.public_key, &extensions,
                                &world->arena, &pem, &world->error),
                     0);
    return der_of(world, pem);
}

static const char *write_key(struct world *world, const struct p256_key *key)
{
    uint8_t pkcs8[X509_PKCS8_BYTES];
    char *pem, *kept;

    x509_key_pkcs8(key, pkcs8);
    pem = pki_pem("PRIVATE KEY", pkcs8, sizeof pkcs8);
    kept = arena_copy(&world->arena, pem, strlen(pem));
    free(pem);
    return kept;
}

static void write_temp_ca(struct world *world)
{
    const struct kms *kms = &world->cluster->kms;

    buf_reset(&world->body);
    json_text_member(&world->body, '{', "temp_ca_cert", kms->temp_ca.pem);
    json_text_member(&world->body, ',', "temp_ca_key", write_key(world, &kms->temp_ca.key));
    json_text_member(&world->body, ',', "ca_cert", kms->ca.pem);
    buf_append_byte(&world->body, '}');
}

static void write_app_key(struct world *world)
{
    const struct cluster *cluster = world->cluster;
    const struct identity *identity = &world->td->identity;
    uint8_t disk[32], env[32], k256[32], public_key[33], signature[65];

    assert_int_equal(kms_secrets_disk_key(&cluster->kms, identity->app_id, identity_instance(identity), disk,
                                          &world->error),
                     0);
    assert_int_equal(kms_secrets_env_key(&cluster->kms, identity->app_id, env, &world->error), 0);
    assert_int_equal(kms_issue_app_key(&cluster->kms, cluster->k256, identity->app_id, k256, public_key,
                                       signature, &world->error),
                     0);
    buf_reset(&world->body);
    json_text_member_hex(&world->body, '{', "disk_crypt_key", disk, sizeof disk);
    json_text_member_hex(&world->body, ',', "env_crypt_key", env, sizeof env);
    json_text_member_hex(&world->body, ',', "k256_key", k256, sizeof k256);
    json_text_member_hex(&world->body, ',', "k256_signature", signature, sizeof signature);
    json_text_member(&world->body, ',', "gateway_app_id", "a gateway");
    json_text_member(&world->body, ',', "os_image_hash", IMAGE_HASH);
    buf_append_byte(&world->body, '}');
}

static void write_chain(struct world *world)
{
    buf_reset(&world->body);
    json_text_key(&world->body, '{', "certificate_chain");
    buf_append_byte(&world->body, '[');
    json_text_string(&world->body, CHAIN, strlen(CHAIN));
    buf_append_byte(&world->body, ',');
    json_text_string(&world->body, CHAIN, strlen(CHAIN));
    buf_append_text(&world->body, "]}");
}

static void next(struct world *world, const char *method)
{
    assert_int_equal(kms_join_next(&world->join, &world->arena, &world->call, &world->error), 0);
    assert_string_equal(world->call.method, method);
}

static enum kms_join_outcome answer(struct world *world, int status, const char *body)
{
    struct span certificate = world->certificate;

    if (!certificate.data)
        certificate = der_of(world, world->server->certificate);
    world->error = (struct error){.kind = ERROR_NONE};
    return kms_join_take(&world->join,
                         &(struct kms_guest_answer){.status = status,
                                                    .body = body ? span_text(body) : buf_span(&world->body),
                                                    .certificate = certificate},
                         &world->error);
}

static void get_temp_ca(struct world *world)
{
    next(world, "GetTempCaCert");
    write_temp_ca(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_GOES_ON);
}

static void get_keys(struct world *world)
{
    get_temp_ca(world);
    next(world, "GetAppKey");
    write_app_key(world);
    if (answer(world, 200, NULL) != KMS_JOIN_HAS_KEYS)
        fail_msg("%s", world->error.text);
}

/* --- tests --- */

static const struct event *find_event(const struct td *td, const char *name)
{
    for (size_t i = 0; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, name) == 0)
            return &td->state.log.events[i];
    return NULL;
}

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
        {502, "<html>\n\xff", "it answers with status 502: <html> ?"},
        {200, "<html>", "its answer is not what a KMS answers: not valid JSON"},
        {200, "[]", "its answer is not what a KMS answers: must be a JSON object"},
        {200, "{}", "its answer is not what a KMS answers: the member disk_crypt_key is missing"},
        {200, "{\"disk_crypt_key\":\"00\"}", "disk_crypt_key must have 32 bytes"},
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
    assert_int_equal(answer(world, 200, "{\"certificate_chain\":[\"x\"]}"), KMS_JOIN_HAS_FAILED);
    write_chain(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_HAS_ENDED);
    assert_int_equal(world->td->state.log.count, events);
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
        cmocka_unit_test(a_td_boots_under_it),
        cmocka_unit_test(the_kms_takes_what_it_sends),
        cmocka_unit_test(failures_are_one_sentence),
        cmocka_unit_test(only_a_kms_with_a_genuine_quote_is_trusted),
        cmocka_unit_test(temporary_cas_are_checked),
        cmocka_unit_test(each_url_is_tried),
        cmocka_unit_test(the_certificate_is_asked_for_again_alone),
        cmocka_unit_test(a_pinned_provider_is_the_only_one),
        cmocka_unit_test(keys_of_a_file_are_kept),
        cmocka_unit_test(another_kms_does_not_sign_for_a_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
