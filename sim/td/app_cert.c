#include "sim/td/app_cert.h"

#include <stdio.h>

#include "crypto/pem.h"
#include "crypto/random.h"
#include "sim/format/msgpack.h"
#include "sim/keys/pki.h"

#define VALID_FOR (INT64_C(10) * 365 * 24 * 3600) /* seconds */
#define LATEST_TIME INT64_C(253402300799)         /* the end of the year 9999 */
#define DNS_NAME_BYTES 253
#define ROOT_NAME "App Root Cert"
#define ROOT_PATH_LENGTH 1
#define FIXED_BYTES 4096 /* more than all fixed-size parts of a certificate */

/* dstack's private extensions: 1.3.6.1.4.1.62397.1.n */
#define ARC 0x2b, 6, 1, 4, 1, 0x83, 0xe7, 0x3d, 1
static const uint8_t oid_quote[] = {ARC, 1};
static const uint8_t oid_event_log[] = {ARC, 2};
static const uint8_t oid_usage[] = {ARC, 4};
static const uint8_t oid_attestation[] = {ARC, 8};
static const uint8_t oid_app_info[] = {ARC, 9};

#define OID(name) ((struct bytes){name, sizeof name})

/* One certificate being written. */
struct draft {
    const struct app_cert_issuer *issuer;
    const struct app_cert_request *request;
    const struct p256_key *key;
    const struct app_cert_evidence *evidence;
    uint8_t serial[APP_CERT_SERIAL_BYTES];
    int64_t not_before, not_after;
    struct x509_extensions extensions;
};

/* --- checks --- */

static int check_alt_name(const char *name, struct error *error)
{
    size_t len = strlen(name);

    if (len == 0)
        return error_input(error, "alt_names must not contain an empty name");
    if (len > DNS_NAME_BYTES)
        return error_input(error, "alt_names contains a name of %zu bytes; at most %d are allowed", len,
                           DNS_NAME_BYTES);
    for (size_t i = 0; i < len; i++)
        if (name[i] <= 0x20 || name[i] >= 0x7f)
            return error_quote(error, "alt_names: \"", span_text(name),
                               "\" must be ASCII without spaces; write other names in their xn-- form");
    return 0;
}

static int check_names(const struct app_cert_request *request, struct error *error)
{
    if (strlen(request->subject) > APP_CERT_NAME_BYTES_MAX)
        return error_input(error, "subject has %zu bytes; at most %d are allowed", strlen(request->subject),
                           APP_CERT_NAME_BYTES_MAX);
    if (request->alt_name_count > APP_CERT_ALT_NAMES_MAX)
        return error_input(error, "alt_names has %zu names; at most %d are allowed", request->alt_name_count,
                           APP_CERT_ALT_NAMES_MAX);
    for (size_t i = 0; i < request->alt_name_count; i++)
        if (check_alt_name(request->alt_names[i], error))
            return -1;
    return 0;
}

static int refuse_order(const struct draft *draft, struct error *error)
{
    char times[48];

    snprintf(times, sizeof times, "%lld and %lld", (long long)draft->not_before, (long long)draft->not_after);
    return error_quote(error, "not_before must be earlier than not_after: they are ", span_text(times), "%s",
                       "");
}

static int set_validity(struct draft *draft, struct error *error)
{
    const struct app_cert_request *request = draft->request;
    const int64_t now = draft->issuer->now;

    if ((request->not_before && *request->not_before > (uint64_t)LATEST_TIME) ||
        (request->not_after && *request->not_after > (uint64_t)LATEST_TIME))
        return error_input(
            error, "not_before and not_after must be Unix seconds up to %lld, the end of the year 9999",
            (long long)LATEST_TIME);
    draft->not_before = request->not_before ? (int64_t)*request->not_before : PKI_DSTACK_NOT_BEFORE;
    draft->not_after = request->not_after ? (int64_t)*request->not_after : now + VALID_FOR;
    if (draft->not_before >= draft->not_after)
        return refuse_order(draft, error);
    return 0;
}

/* --- extensions --- */

/* dstack wraps each value in an OCTET STRING of its own. */
static void add_private(struct draft *draft, struct bytes oid, struct span value)
{
    struct der der;

    x509_extensions_begin(&draft->extensions, &der);
    der_value(&der, DER_OCTET_STRING, value.data, value.len);
    x509_extensions_end(&draft->extensions, &der, oid, false);
}

static void add_evidence(struct draft *draft)
{
    add_private(draft, OID(oid_quote), draft->evidence->quote);
    add_private(draft, OID(oid_event_log), draft->evidence->event_log);
    add_private(draft, OID(oid_attestation), draft->evidence->attestation);
}

static void add_app_info(struct draft *draft)
{
    const struct identity *identity = draft->issuer->identity;
    const struct text *provider = &identity->key_provider_info;
    uint8_t mr_system[32], mr_aggregated[32];
    struct buf out;

    registers_system(draft->issuer->registers, span_of(provider->plain, provider->len), mr_system);
    registers_aggregate(draft->issuer->registers, mr_aggregated);
    buf_init(&out, SIZE_MAX);
    msgpack_write_array(&out, 9);
    msgpack_write_bin(&out, identity->app_id, sizeof identity->app_id);
    msgpack_write_bin(&out, identity->compose_hash, sizeof identity->compose_hash);
    msgpack_write_bin(&out, identity->instance_id, identity->instance_id_len);
    msgpack_write_bin(&out, identity->device_id, sizeof identity->device_id);
    msgpack_write_bin(&out, mr_system, sizeof mr_system);
    msgpack_write_bin(&out, mr_aggregated, sizeof mr_aggregated);
    msgpack_write_bin(&out, identity->os_image_hash, sizeof identity->os_image_hash);
    msgpack_write_bin(&out, provider->plain, provider->len);
    msgpack_write_array(&out, identity->init_script_count);
    for (size_t i = 0; i < identity->init_script_count; i++)
        msgpack_write_bin(&out, identity->init_script_hashes[i], IDENTITY_SCRIPT_HASH_BYTES);
    add_private(draft, OID(oid_app_info), buf_span(&out));
    buf_free(&out);
}

static void add_extensions(struct draft *draft)
{
    const struct app_cert_request *request = draft->request;
    struct x509_extensions *extensions = &draft->extensions;
    uint8_t key_id[X509_KEY_ID_BYTES];

    x509_key_id(draft->key->public_key, key_id);
    if (request->alt_name_count)
        x509_extensions_add_alt_names(extensions, request->alt_names, request->alt_name_count);
    x509_extensions_add_key_usage(extensions, X509_DIGITAL_SIGNATURE);
    if (request->server_auth || request->client_auth)
        x509_extensions_add_extended_key_usage(extensions, request->server_auth, request->client_auth);
    x509_extensions_add_subject_key_id(extensions, key_id);
    x509_extensions_add_authority_key_id(extensions, draft->issuer->keys->ca.key_id);
    if (request->ra_tls)
        add_evidence(draft);
    add_private(draft, OID(oid_usage), span_text("app:custom"));
    if (request->with_app_info)
        add_app_info(draft);
}

/* --- the certificate --- */

/* An upper bound for the size of the certificate. */
static size_t variable_bytes(const struct draft *draft)
{
    const struct app_cert_evidence *evidence = draft->evidence;
    size_t bytes = FIXED_BYTES + strlen(draft->request->subject) + draft->issuer->keys->ca.subject.len;

    for (size_t i = 0; i < draft->request->alt_name_count; i++)
        bytes += strlen(draft->request->alt_names[i]) + 8;
    if (draft->request->ra_tls)
        bytes += evidence->quote.len + evidence->event_log.len + evidence->attestation.len;
    if (draft->request->with_app_info)
        bytes += draft->issuer->identity->key_provider_info.len;
    return bytes;
}

static int sign(const struct x509_certificate *certificate, const struct p256_key *key, size_t size,
                struct arena *arena, char **pem, struct error *error)
{
    uint8_t *der = arena_alloc(arena, size);
    size_t len;

    if (x509_write_certificate(certificate, key, der, size, &len))
        return error_internal(error, "the certificate does not fit in %zu bytes", size);
    *pem = arena_alloc(arena, pem_chars("CERTIFICATE", len) + 1);
    (*pem)[pem_encode("CERTIFICATE", der, len, *pem)] = '\0';
    return 0;
}

static int write_certificate(struct draft *draft, struct arena *arena, char **pem, struct error *error)
{
    const struct x509_ca *ca = &draft->issuer->keys->ca;
    const struct x509_attribute name = {X509_CN, draft->request->subject};
    size_t size = variable_bytes(draft);
    uint8_t *room = arena_alloc(arena, size);
    uint8_t *subject = arena_alloc(arena, size);
    struct x509_certificate certificate = {
        .serial = {draft->serial, sizeof draft->serial},
        .issuer = ca->subject,
        .not_before = draft->not_before,
        .not_after = draft->not_after,
        .public_key = draft->key->public_key,
    };
    size_t subject_len;

    x509_extensions_init(&draft->extensions, room, size);
    add_extensions(draft);
    certificate.extensions = draft->extensions.items;
    certificate.extension_count = draft->extensions.count;
    if (draft->extensions.has_failed || x509_write_name(&name, 1, subject, size, &subject_len))
        return error_internal(error, "the certificate's contents do not fit in %zu bytes", size);
    certificate.subject = (struct bytes){subject, subject_len};
    return sign(&certificate, &draft->issuer->keys->ca_key, size, arena, pem, error);
}

int app_cert_check(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                   struct error *error)
{
    struct draft draft = {.issuer = issuer, .request = request};

    return check_names(request, error) || set_validity(&draft, error) ? -1 : 0;
}

static void set_serial(struct draft *draft)
{
    if (draft->request->serial)
        memcpy(draft->serial, draft->request->serial, sizeof draft->serial);
    else
        random_bytes(draft->serial, sizeof draft->serial);
    draft->serial[0] &= 0x7f; /* keeps it positive */
}

int app_cert_issue(const struct app_cert_issuer *issuer, const struct app_cert_request *request,
                   const struct p256_key *key, const struct app_cert_evidence *evidence, struct arena *arena,
                   char **pem, struct error *error)
{
    struct draft draft = {.issuer = issuer, .request = request, .key = key, .evidence = evidence};

    if (set_validity(&draft, error))
        return -1;
    set_serial(&draft);
    return write_certificate(&draft, arena, pem, error);
}

/* --- the certificate of an app's own CA --- */

int app_cert_issue_root(const struct p256_key *key, struct span attestation, struct arena *arena, char **pem,
                        struct error *error)
{
    const struct x509_attribute name = {X509_CN, ROOT_NAME};
    const size_t size = FIXED_BYTES + attestation.len;
    uint8_t key_id[X509_KEY_ID_BYTES], serial[APP_CERT_SERIAL_BYTES];
    uint8_t *subject = arena_alloc(arena, size);
    struct draft draft = {.key = key};
    struct x509_certificate certificate = {
        .serial = {serial, sizeof serial},
        .not_before = PKI_DSTACK_NOT_BEFORE,
        .not_after = PKI_NOT_AFTER,
        .public_key = key->public_key,
    };
    size_t len;

    x509_key_id(key->public_key, key_id);
    memcpy(serial, key_id, sizeof serial);
    serial[0] &= 0x7f; /* keeps it positive */
    x509_extensions_init(&draft.extensions, arena_alloc(arena, size), size);
    x509_extensions_add_key_usage(&draft.extensions,
                                  X509_DIGITAL_SIGNATURE | X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    x509_extensions_add_basic_constraints(&draft.extensions, ROOT_PATH_LENGTH);
    x509_extensions_add_subject_key_id(&draft.extensions, key_id);
    add_private(&draft, OID(oid_attestation), attestation);
    certificate.extensions = draft.extensions.items;
    certificate.extension_count = draft.extensions.count;
    if (draft.extensions.has_failed || x509_write_name(&name, 1, subject, size, &len))
        return error_internal(error, "the contents of the app's CA certificate do not fit in %zu bytes",
                              size);
    certificate.issuer = certificate.subject = (struct bytes){subject, len};
    return sign(&certificate, key, size, arena, pem, error);
}
