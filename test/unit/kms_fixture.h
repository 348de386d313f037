/* A KMS with an allowlist that tests write, and the certificate of a client that calls it. */
#ifndef TEST_KMS_FIXTURE_H
#define TEST_KMS_FIXTURE_H

#include <unistd.h>

#include "crypto/base64.h"
#include "sim/keys/leaf.h"
#include "sim/kms/kms_gate.h"
#include "test/unit/td_fixture.h"

struct kms_fixture {
    struct cluster *cluster;
    struct td *td; /* the caller's */
    struct kms_server *server;
    struct kms_gate gate;
    struct arena arena;
    struct p256_key key; /* of the caller's certificate */
    char path[40];       /* of the allowlist */
    struct error error;
};

static inline int kms_start(void **state)
{
    struct kms_fixture *f = calloc(1, sizeof *f);
    int fd;

    strcpy(f->path, "/tmp/test_kms.XXXXXX");
    fd = mkstemp(f->path);
    if (fd < 0)
        return -1;
    close(fd);
    f->cluster = td_fixture_cluster(NULL, NULL);
    f->td = f->cluster->first;
    arena_init(&f->arena);
    p256_key_generate(&f->key);
    f->server = kms_server_new(f->cluster, &(struct kms_server_config){.domain = "kms.example"}, &f->error);
    assert_non_null(f->server);
    f->gate = (struct kms_gate){.server = f->server, .arena = &f->arena};
    *state = f;
    return 0;
}

static inline int kms_finish(void **state)
{
    struct kms_fixture *f = *state;

    kms_server_free(f->server);
    arena_free(&f->arena);
    cluster_free(f->cluster);
    unlink(f->path);
    free(f);
    return 0;
}

static inline void kms_allow(struct kms_fixture *f, const char *text)
{
    assert_int_equal(file_write_atomic(f->path, text, strlen(text), &f->error), 0);
    f->server->policy.allowlist = f->path;
}

/* What the caller's certificate carries. */
static inline struct app_cert_evidence kms_evidence(struct kms_fixture *f)
{
    struct app_cert_evidence evidence;

    td_evidence(f->td, &f->key, &f->arena, &evidence);
    return evidence;
}

/* Makes the gate's call one with a client certificate that has these private extensions. */
static inline void kms_call_with(struct kms_fixture *f, const struct leaf_private *extensions)
{
    const struct kms *kms = &f->cluster->kms;
    const struct leaf_issuer issuer = {
        {kms->temp_ca.name, kms->temp_ca.name_len}, kms->temp_ca.key_id, &kms->temp_ca.key, 1900000000};
    const struct leaf_request request = {.subject = "RA-TLS TEMP Cert"};
    char *pem, *start;
    uint8_t *bytes;
    size_t len;

    assert_int_equal(leaf_issue(&issuer, &request, f->key.public_key, extensions, &f->arena, &pem, &f->error),
                     0);
    bytes = arena_alloc(&f->arena, strlen(pem));
    start = strchr(pem, '\n');
    assert_int_equal(base64_decode(start, (size_t)(strstr(start, "-----END") - start), bytes, &len), 0);
    f->gate.certificate = span_of(bytes, len);
    f->gate.has_attestation = false;
}

static inline void kms_call(struct kms_fixture *f)
{
    struct leaf_private extensions = {.count = 0};

    leaf_private_add(&extensions, RA_TLS_ATTESTATION, kms_evidence(f).attestation);
    kms_call_with(f, &extensions);
}

#endif
