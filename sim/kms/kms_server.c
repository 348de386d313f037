#include "sim/kms/kms_server.h"

#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/base/embedded.h"
#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/keys/kms_certificates.h"

#define BOOTSTRAP_PREFIX "dstack-kms-genereted-keys-v1:" /* sic */

/* --- its TD --- */

static struct td *boot_td(const struct cluster *cluster, struct error *error)
{
    const struct embedded_file *compose = embedded_find(embedded_fixtures, "kms-compose.json");
    struct td_config config;

    td_config_init(&config);
    config.instance = "kms";
    config.app_compose = compose ? span_of(compose->data, compose->len) : SPAN_NONE;
    config.app_compose_name = "the KMS's app-compose";
    return td_new(&cluster->shared, 0, &config, error);
}

/* Of the roots' public keys, as of a KMS that has generated them. */
static void attest_roots(struct kms_server *server)
{
    const struct kms *kms = &server->cluster->kms;
    uint8_t spki[X509_SPKI_BYTES], report_data[REPORT_DATA_BYTES] = {0};
    char ca[2 * X509_SPKI_BYTES + 1], k256[2 * K256_PUBLIC_BYTES + 1];
    const struct bytes parts[] = {
        {BOOTSTRAP_PREFIX, sizeof BOOTSTRAP_PREFIX - 1},
        {ca, sizeof ca - 1},
        {";", 1},
        {k256, sizeof k256 - 1},
        {";", 1},
    };
    struct arena arena;
    struct span attestation;

    x509_key_spki(kms->ca.key.public_key, spki);
    hex_encode(spki, sizeof spki, ca);
    hex_encode(kms->root_public, sizeof kms->root_public, k256);
    hash_parts(HASH_KECCAK256, parts, sizeof parts / sizeof *parts, report_data);
    arena_init(&arena);
    attestation = td_attestation(server->td, TD_ATTESTATION_WHOLE, report_data, &arena, NULL);
    server->bootstrap_len = attestation.len;
    server->bootstrap = (uint8_t *)memory_copy(attestation.data, attestation.len);
    arena_free(&arena);
}

/* --- its certificate --- */

static int certify(struct kms_server *server, const char *domain, enum kms_flaw flaw, struct error *error)
{
    const struct kms *kms = &server->cluster->kms;
    struct app_cert_evidence evidence;
    struct kms_certificates_site site = {.domain = domain,
                                         .now = clock_seconds(&server->cluster->clock),
                                         .lacks_usage = flaw == KMS_FLAW_NO_USAGE};
    struct p256_key key, other;
    struct arena arena;
    char *pem;
    int result;

    arena_init(&arena);
    seed_p256(&server->cluster->seed, "kms/rpc", SPAN_NONE, &key);
    seed_p256(&server->cluster->seed, "kms/other", SPAN_NONE, &other);
    td_evidence(server->td, flaw == KMS_FLAW_BAD_QUOTE ? &other : &key, &arena, &evidence);
    site.attestation = evidence.attestation;
    result = kms_certificates_server(kms, &site, &key, &arena, &pem, error);
    if (result == 0) {
        server->certificate = memory_copy(pem, strlen(pem));
        server->key = memory_zalloc(X509_KEY_PEM_CHARS + 1);
        x509_key_write_pem(&key, server->key);
    }
    bytes_wipe(&key, sizeof key);
    arena_free(&arena);
    return result;
}

/* --- life --- */

struct kms_server *kms_server_new(struct cluster *cluster, const struct kms_server_config *config,
                                  struct error *error)
{
    struct kms_server *server = memory_zalloc(sizeof *server);

    server->cluster = cluster;
    server->policy = config->policy;
    server->policy.denies_apps |= config->flaw == KMS_FLAW_DENIES;
    if (kms_policy_check(&config->policy, error) == 0 && (server->td = boot_td(cluster, error)) &&
        certify(server, config->domain, config->flaw, error) == 0) {
        attest_roots(server);
        return server;
    }
    kms_server_free(server);
    return NULL;
}

void kms_server_free(struct kms_server *server)
{
    if (!server)
        return;
    td_free(server->td);
    free(server->certificate);
    if (server->key)
        bytes_wipe(server->key, strlen(server->key));
    free(server->key);
    free(server->bootstrap);
    free(server);
}
