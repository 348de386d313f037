/* A TD that asks a KMS for its keys, and the answers, which are made here. */
#ifndef TEST_KMS_JOIN_FIXTURE_H
#define TEST_KMS_JOIN_FIXTURE_H

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

static inline void begin(struct world *world, const struct td_config *config, size_t urls)
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

static inline struct world *start(size_t urls)
{
    struct world *world = calloc(1, sizeof *world);
    struct td_config config;

    td_config_init(&config);
    config.awaits_keys = true;
    begin(world, &config, urls);
    return world;
}

static inline void finish(struct world *world)
{
    kms_join_free(&world->join);
    kms_server_free(world->server);
    cluster_free(world->cluster);
    buf_free(&world->body);
    arena_free(&world->arena);
    free(world);
}

/* --- answers --- */

static inline struct span der_of(struct world *world, const char *pem)
{
    const char *text = strchr(pem, '\n');
    uint8_t *bytes = arena_alloc(&world->arena, strlen(pem));
    size_t len;

    assert_int_equal(base64_decode(text, (size_t)(strstr(text, "-----END") - text), bytes, &len), 0);
    return span_of(bytes, len);
}

/* The certificate of a server with that usage and attestation, or none of them. */
static inline struct span certificate_with(struct world *world, const char *usage, struct span attestation)
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

static inline const char *write_key(struct world *world, const struct p256_key *key)
{
    uint8_t pkcs8[X509_PKCS8_BYTES];
    char *pem, *kept;

    x509_key_pkcs8(key, pkcs8);
    pem = pki_pem("PRIVATE KEY", pkcs8, sizeof pkcs8);
    kept = arena_copy(&world->arena, pem, strlen(pem));
    free(pem);
    return kept;
}

static inline void write_temp_ca(struct world *world)
{
    const struct kms *kms = &world->cluster->kms;

    buf_reset(&world->body);
    json_text_member(&world->body, '{', "temp_ca_cert", kms->temp_ca.pem);
    json_text_member(&world->body, ',', "temp_ca_key", write_key(world, &kms->temp_ca.key));
    json_text_member(&world->body, ',', "ca_cert", kms->ca.pem);
    buf_append_byte(&world->body, '}');
}

static inline void write_app_key(struct world *world)
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

static inline void write_chain(struct world *world)
{
    buf_reset(&world->body);
    json_text_key(&world->body, '{', "certificate_chain");
    buf_append_byte(&world->body, '[');
    json_text_string(&world->body, CHAIN, strlen(CHAIN));
    buf_append_byte(&world->body, ',');
    json_text_string(&world->body, CHAIN, strlen(CHAIN));
    buf_append_text(&world->body, "]}");
}

static inline void next(struct world *world, const char *method)
{
    assert_int_equal(kms_join_next(&world->join, &world->arena, &world->call, &world->error), 0);
    assert_string_equal(world->call.method, method);
}

static inline enum kms_join_outcome answer(struct world *world, int status, const char *body)
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

static inline void get_temp_ca(struct world *world)
{
    next(world, "GetTempCaCert");
    write_temp_ca(world);
    assert_int_equal(answer(world, 200, NULL), KMS_JOIN_GOES_ON);
}

static inline void get_keys(struct world *world)
{
    get_temp_ca(world);
    next(world, "GetAppKey");
    write_app_key(world);
    if (answer(world, 200, NULL) != KMS_JOIN_HAS_KEYS)
        fail_msg("%s", world->error.text);
}

static inline const struct event *find_event(const struct td *td, const char *name)
{
    for (size_t i = 0; i < td->state.log.count; i++)
        if (strcmp(td->state.log.events[i].name, name) == 0)
            return &td->state.log.events[i];
    return NULL;
}

#endif
