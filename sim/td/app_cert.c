#include "sim/td/app_cert.h"

#include "crypto/pem.h"
#include "sim/keys/leaf.h"
#include "sim/keys/pki.h"
#include "sim/tdx/app_info.h"

#define ROOT_NAME "App Root Cert"
#define ROOT_PATH_LENGTH 1
#define FIXED_BYTES 4096 /* more than all fixed-size parts of a certificate */

static struct leaf_request leaf_of(const struct app_cert_request *request)
{
    return (struct leaf_request){
        .subject = request->subject,
        .alt_names = request->alt_names,
        .alt_name_count = request->alt_name_count,
        .is_for_servers = request->server_auth,
        .is_for_clients = request->client_auth,
        .not_before = request->not_before,
        .not_after = request->not_after,
    };
}

int app_cert_check(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                   struct error *error)
{
    const struct leaf_request leaf = leaf_of(request);

    return leaf_check(&leaf, issuer->now, error);
}

static void write_app_info(const struct app_cert_issuer *issuer, struct buf *out)
{
    const struct identity *identity = issuer->identity;
    const struct span provider = span_of(identity->key_provider_info.plain, identity->key_provider_info.len);
    struct span scripts[APP_COMPOSE_INIT_SCRIPTS_MAX];
    uint8_t mr_system[32], mr_aggregated[32];

    registers_system(issuer->registers, provider, mr_system);
    registers_aggregate(issuer->registers, mr_aggregated);
    for (size_t i = 0; i < identity->init_script_count; i++)
        scripts[i] = span_of(identity->init_script_hashes[i], IDENTITY_SCRIPT_HASH_BYTES);
    app_info_write(
        &(struct app_info){
            .app_id = span_of(identity->app_id, sizeof identity->app_id),
            .compose_hash = span_of(identity->compose_hash, sizeof identity->compose_hash),
            .instance_id = identity_instance(identity),
            .device_id = span_of(identity->device_id, sizeof identity->device_id),
            .mr_system = span_of(mr_system, sizeof mr_system),
            .mr_aggregated = span_of(mr_aggregated, sizeof mr_aggregated),
            .os_image_hash = span_of(identity->os_image_hash, sizeof identity->os_image_hash),
            .key_provider_info = provider,
            .init_script_hashes = scripts,
            .init_script_count = identity->init_script_count,
        },
        out);
}

/* What the real simulator puts into them, in this order. */
static void add_as_simulator(const struct app_cert_request *request, const struct app_cert_evidence *evidence,
                             struct span app_info, struct leaf_private *extensions)
{
    if (request->ra_tls) {
        leaf_private_add(extensions, RA_TLS_QUOTE, evidence->quote);
        leaf_private_add(extensions, RA_TLS_EVENT_LOG, evidence->event_log);
        leaf_private_add(extensions, RA_TLS_ATTESTATION, evidence->attestation);
    }
    leaf_private_add(extensions, RA_TLS_USAGE, span_text("app:custom"));
    if (request->with_app_info)
        leaf_private_add(extensions, RA_TLS_APP_INFO, app_info);
}

/* And what a KMS does (SignCert). */
static void add_as_kms(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                       const struct app_cert_evidence *evidence, struct span app_info,
                       struct leaf_private *extensions)
{
    leaf_private_add(extensions, RA_TLS_APP_ID, span_of(issuer->identity->app_id, APP_ID_BYTES));
    if (request->with_app_info)
        leaf_private_add(extensions, RA_TLS_APP_INFO, app_info);
    leaf_private_add(extensions, RA_TLS_USAGE, span_text("app:custom"));
    if (request->ra_tls)
        leaf_private_add(extensions, RA_TLS_ATTESTATION, evidence->attestation);
}

int app_cert_issue(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                   const struct p256_key *key, const struct app_cert_evidence *evidence, struct arena *arena,
                   char **pem, struct error *error)
{
    const struct x509_ca *ca = &issuer->keys->ca;
    const struct leaf_issuer signer = {ca->subject, ca->key_id, &issuer->keys->ca_key, issuer->now};
    const struct leaf_request leaf = leaf_of(request);
    struct leaf_private extensions = {.count = 0};
    struct buf app_info;
    int result;

    buf_init(&app_info, SIZE_MAX);
    if (request->with_app_info)
        write_app_info(issuer, &app_info);
    if (issuer->keys->root_cert)
        add_as_kms(issuer, request, evidence, buf_span(&app_info), &extensions);
    else
        add_as_simulator(request, evidence, buf_span(&app_info), &extensions);
    result = leaf_issue(&signer, &leaf, key->public_key, &extensions, arena, pem, error);
    buf_free(&app_info);
    return result;
}

/* --- the certificate of an app's own CA --- */

static int sign_root(const struct x509_certificate *certificate, const struct p256_key *key, size_t size,
                     struct arena *arena, char **pem, struct error *error)
{
    uint8_t *der = arena_alloc(arena, size);
    size_t len;

    if (x509_write_certificate(certificate, key, der, size, &len))
        return error_internal(error, "the certificate of the app's CA does not fit in %zu bytes", size);
    *pem = arena_alloc(arena, pem_chars("CERTIFICATE", len) + 1);
    (*pem)[pem_encode("CERTIFICATE", der, len, *pem)] = '\0';
    return 0;
}

int app_cert_issue_root(const struct p256_key *key, struct span attestation, struct arena *arena, char **pem,
                        struct error *error)
{
    const struct x509_attribute name = {X509_CN, ROOT_NAME};
    const size_t size = FIXED_BYTES + attestation.len;
    uint8_t key_id[X509_KEY_ID_BYTES], serial[X509_KEY_SERIAL_BYTES];
    uint8_t *subject = arena_alloc(arena, FIXED_BYTES);
    struct x509_extensions extensions;
    struct x509_certificate certificate = {
        .serial = {serial, sizeof serial},
        .not_before = PKI_DSTACK_NOT_BEFORE,
        .not_after = PKI_NOT_AFTER,
        .public_key = key->public_key,
    };
    size_t len;

    x509_key_id(key->public_key, key_id);
    x509_key_serial(key->public_key, serial);
    x509_extensions_init(&extensions, arena_alloc(arena, FIXED_BYTES), FIXED_BYTES);
    x509_extensions_add_key_usage(&extensions, X509_DIGITAL_SIGNATURE | X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    x509_extensions_add_basic_constraints(&extensions, ROOT_PATH_LENGTH);
    x509_extensions_add_subject_key_id(&extensions, key_id);
    ra_tls_add(&extensions, RA_TLS_ATTESTATION, attestation);
    certificate.extensions = extensions.items;
    certificate.extension_count = extensions.count;
    if (extensions.has_failed || x509_write_name(&name, 1, subject, FIXED_BYTES, &len))
        return error_internal(error, "the contents of the app's CA certificate do not fit in %d bytes",
                              FIXED_BYTES);
    certificate.issuer = certificate.subject = (struct bytes){subject, len};
    return sign_root(&certificate, key, size, arena, pem, error);
}
