/* A CA with the identities of both ends, and two sessions that talk to each other. */
#ifndef TEST_TLS_FIXTURE_H
#define TEST_TLS_FIXTURE_H

#include <time.h>

#include "sim/keys/leaf.h"
#include "sim/keys/pki.h"
#include "sim/net/tls_session.h"
#include "test/unit/vectors.h"

#define TLS_HOST "kms.example"

static inline void tls_make_ca(struct pki_entity *ca, const char *name)
{
    const struct x509_attribute attribute = {X509_CN, name};
    struct error error = {.kind = ERROR_NONE};
    struct x509_extensions extensions;
    uint8_t room[256];

    *ca = (struct pki_entity){.pem = NULL};
    p256_key_generate(&ca->key);
    assert_int_equal(pki_name(ca, &attribute, 1, &error), 0);
    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_key_usage(&extensions, X509_KEY_CERT_SIGN);
    x509_extensions_add_basic_constraints(&extensions, 1);
    assert_int_equal(pki_issue(ca, ca, 1, PKI_DSTACK_NOT_BEFORE, &extensions, &error), 0);
}

/* A certificate for TLS_HOST; not_after: Unix seconds, or 0. In the arena. */
static inline struct tls_config_identity tls_make_identity(const struct pki_entity *ca, uint64_t not_after,
                                                           struct span attestation, struct arena *arena)
{
    const struct leaf_issuer issuer = {{ca->name, ca->name_len}, ca->key_id, &ca->key, time(NULL)};
    char *const names[] = {arena_copy(arena, TLS_HOST, strlen(TLS_HOST))};
    const struct leaf_request request = {.subject = TLS_HOST,
                                         .alt_names = names,
                                         .alt_name_count = 1,
                                         .not_after = not_after ? &not_after : NULL};
    struct leaf_private extensions = {.count = 0};
    struct error error = {.kind = ERROR_NONE};
    uint8_t pkcs8[X509_PKCS8_BYTES];
    struct tls_config_identity identity;
    struct p256_key key;
    char *chain, *text;

    p256_key_generate(&key);
    leaf_private_add(&extensions, RA_TLS_ATTESTATION, attestation);
    assert_int_equal(leaf_issue(&issuer, &request, key.public_key, &extensions, arena, &chain, &error), 0);
    x509_key_pkcs8(&key, pkcs8);
    text = pki_pem("PRIVATE KEY", pkcs8, sizeof pkcs8);
    identity = (struct tls_config_identity){chain, arena_copy(arena, text, strlen(text))};
    free(text);
    return identity;
}

/* Moves what one end has to send to the other, in pieces of that size. Returns how much it was. */
static inline size_t tls_move(struct tls_session *from, struct tls_session *to, size_t piece)
{
    struct span output = tls_session_output(from);

    for (size_t at = 0; at < output.len; at += piece)
        assert_true(
            tls_session_give(to, output.data + at, output.len - at < piece ? output.len - at : piece));
    return output.len;
}

#endif
