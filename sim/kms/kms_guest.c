#include "sim/kms/kms_guest.h"

#include <jansson.h>
#include <stdlib.h>

#include "crypto/x509_ca.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/base/utf8.h"
#include "sim/format/json_file.h"
#include "sim/keys/csr_make.h"
#include "sim/kms/kms_peer.h"

#define API_VERSION_APP_KEY 1
#define API_VERSION_CERTIFICATE 2
#define USAGE "kms:rpc" /* of a KMS's certificate; those of apps have another, and the same root */
#define SUBJECT "RA-TLS TEMP Cert"
#define SHOWN_BYTES 160 /* of an answer or a value, in an error */
#define CERTIFICATE_BYTES_MAX (128 * 1024)

/* --- asking --- */

void kms_guest_ask_temp_ca(struct kms_guest_call *call)
{
    *call = (struct kms_guest_call){.method = "GetTempCaCert", .body = span_text("null")};
}

static struct span finish_body(struct buf *body, struct arena *arena)
{
    struct span kept;

    buf_append_byte(body, '}');
    kept = span_of(arena_copy(arena, body->data, body->len), body->len);
    buf_free(body);
    return kept;
}

static const char *write_key(const struct p256_key *key, struct arena *arena)
{
    char *pem = arena_alloc(arena, X509_KEY_PEM_CHARS + 1);

    x509_key_write_pem(key, pem);
    return pem;
}

/* The certificate of a key, which shows a quote over it, by the CA whose key everyone has. */
static int issue(const struct td *td, const struct leaf_issuer *issuer, const struct p256_key *key,
                 struct arena *arena, char **pem, struct error *error)
{
    const struct leaf_request request = {.subject = SUBJECT};
    struct leaf_private extensions = {.count = 0};
    struct app_cert_evidence evidence;

    td_evidence(td, key, arena, &evidence);
    leaf_private_add(&extensions, RA_TLS_ATTESTATION, evidence.attestation);
    return leaf_issue(issuer, &request, key->public_key, &extensions, arena, pem, error);
}

/* Sets who is asked, and what the guest shows. */
static int show(const struct td *td, const struct app_keys_kms *kms, struct arena *arena,
                struct kms_guest_call *call, struct error *error)
{
    struct p256_key key, ca_key;
    struct x509_ca ca;
    struct leaf_issuer issuer = {.key = &ca_key, .now = clock_seconds(td->shared->clock)};
    const char *reason;
    char *pem = NULL;
    int result;

    if (x509_key_read_pem(&ca_key, kms->temp_ca_key, &reason))
        return error_input(error, "the key of the temporary CA is not a P-256 key in PEM: %s", reason);
    if (x509_ca_read_pem(&ca, kms->temp_ca_cert, &reason))
        return error_input(error, "the temporary CA is not a usable CA certificate: %s", reason);
    issuer.name = ca.subject;
    issuer.key_id = ca.key_id;
    p256_key_generate(&key);
    result = issue(td, &issuer, &key, arena, &pem, error);
    x509_ca_free(&ca);
    call->ca = kms->ca_cert;
    call->chain = pem;
    call->key = write_key(&key, arena);
    bytes_wipe(&key, sizeof key);
    return result;
}

int kms_guest_ask_app_key(const struct td *td, const struct app_keys *keys, struct arena *arena,
                          struct kms_guest_call *call, struct error *error)
{
    struct buf body;

    buf_init(&body, SIZE_MAX);
    json_text_member_uint(&body, '{', "api_version", API_VERSION_APP_KEY);
    json_text_member(&body, ',', "vm_config", td->identity.vm_config.plain);
    *call = (struct kms_guest_call){.method = "GetAppKey", .body = finish_body(&body, arena)};
    return show(td, &keys->kms, arena, call, error);
}

static struct csr csr_of(const struct app_cert_request *request)
{
    return (struct csr){
        .subject = request->subject,
        .alt_names = (char **)unconst(request->alt_names),
        .alt_name_count = request->alt_name_count,
        .is_for_servers = request->server_auth,
        .is_for_clients = request->client_auth,
        .wants_quote = request->ra_tls,
        .wants_app_info = request->with_app_info,
        .not_before = request->not_before,
        .not_after = request->not_after,
    };
}

int kms_guest_ask_certificate(const struct td *td, const struct app_cert_request *request,
                              const struct p256_key *key, struct arena *arena, struct kms_guest_call *call,
                              struct error *error)
{
    uint8_t spki[X509_SPKI_BYTES], report_data[REPORT_DATA_BYTES];
    const struct csr asked = csr_of(request);
    struct csr_make_result csr;
    struct buf body;

    x509_key_spki(key->public_key, spki);
    ra_tls_report_data(spki, report_data);
    csr_make(&asked, key, td_attestation(td, TD_ATTESTATION_WHOLE, report_data, arena, NULL), arena, &csr);
    buf_init(&body, SIZE_MAX);
    json_text_member_uint(&body, '{', "api_version", API_VERSION_CERTIFICATE);
    json_text_member_hex(&body, ',', "csr", csr.text.data, csr.text.len);
    json_text_member_hex(&body, ',', "signature", csr.signature.data, csr.signature.len);
    json_text_member(&body, ',', "vm_config", td->identity.vm_config.plain);
    *call = (struct kms_guest_call){.method = "SignCert", .body = finish_body(&body, arena)};
    return show(td, &td->keys.kms, arena, call, error);
}

/* --- taking answers --- */

/* The beginning of bytes from outside, as one line of a sentence. */
static const char *show_line(struct span bytes, char *shown, size_t size)
{
    const size_t len = bytes.len < size ? bytes.len : size - 1;
    const bool is_text = utf8_valid(bytes.data, bytes.len);

    for (size_t i = 0; i < len; i++) {
        const uint8_t byte = bytes.data[i];

        shown[i] = byte < ' ' || byte == 0x7f ? ' ' : byte > 0x7f && !is_text ? '?' : (char)byte;
    }
    shown[len] = '\0';
    return shown;
}

static const char *show_bytes(struct span bytes, char shown[static SHOWN_BYTES + 1])
{
    size_t len = bytes.len < SHOWN_BYTES ? bytes.len : SHOWN_BYTES;

    while (len < bytes.len && len > 0 && (bytes.data[len] & 0xc0) == 0x80) /* not within a character */
        len--;
    return show_line(span_of(bytes.data, len), shown, SHOWN_BYTES + 1);
}

/* The KMS's own words, or what it says instead. */
static int fail_status(const struct kms_guest_answer *answer, struct error *error)
{
    static const char *const members[] = {"error", NULL};
    json_t *root = json_file_peek(answer->body, members);
    const char *words = json_string_value(json_object_get(root, "error"));
    char shown[SHOWN_BYTES + 1], line[ERROR_TEXT_BYTES];

    if (words)
        error_input(error, "it refuses with status %d: %s", answer->status,
                    show_line(span_text(words), line, sizeof line));
    else
        error_input(error, "it answers with status %d: %s", answer->status, show_bytes(answer->body, shown));
    json_decref(root);
    return -1;
}

/* The object that was answered, to be freed with json_decref; NULL with an error. */
static json_t *read_answer(const struct kms_guest_answer *answer, struct error *error)
{
    json_t *root = NULL;

    if (answer->problem)
        error_input(error, "%s", answer->problem);
    else if (answer->status < 200 || answer->status > 299)
        (void)fail_status(answer, error);
    else if (!(root = json_file_parse(answer->body, error)))
        error_context(error, "its answer is not what a KMS answers");
    return root;
}

static int check_attestation(struct cluster *cluster, struct span certificate, struct error *error)
{
    struct arena arena;
    struct attested *attested;
    bool is_there = false;
    int result;

    arena_init(&arena);
    attested = arena_zalloc(&arena, sizeof *attested);
    result = kms_peer_read(certificate, &arena, attested, &is_there, error);
    if (result == 0 && is_there)
        result = kms_peer_verify(cluster, certificate, &arena, attested, error);
    arena_free(&arena);
    return result ? error_context(error, "the quote in its certificate is refused") : 0;
}

/* Its root has issued it, as it has those of all apps: its usage says that it is the KMS's. A KMS need not show
 * a quote. */
static int check_server(struct cluster *cluster, const struct kms_guest_answer *answer, struct error *error)
{
    const struct span usage = kms_peer_extension(answer->certificate, RA_TLS_USAGE);
    char shown[SHOWN_BYTES + 1];

    if (answer->problem)
        return 0; /* which is the reason */
    if (!usage.len)
        return error_input(error, "its certificate is not that of a KMS: it lacks the usage " USAGE);
    if (!span_is(usage, USAGE))
        return error_input(error, "its certificate is not that of a KMS: its usage is \"%s\", not " USAGE,
                           show_bytes(usage, shown));
    return check_attestation(cluster, answer->certificate, error);
}

static int keep_text(const json_t *root, const char *name, char **kept, struct error *error)
{
    const char *text;

    if (json_file_string(root, name, &text, error))
        return -1;
    free(*kept);
    *kept = memory_copy(text, strlen(text));
    return 0;
}

/* Checks the texts that are needed later, so that an error is of this answer. */
static int check_temp_ca(struct app_keys *keys, struct error *error)
{
    const char *reason;
    struct p256_key key;
    struct x509_ca ca;

    if (x509_ca_read_pem(&ca, keys->kms.ca_cert, &reason))
        return error_input(error, "ca_cert is not a usable CA certificate: %s", reason);
    keys->provider_id_len = X509_SPKI_BYTES;
    x509_key_spki(ca.public_key, keys->provider_id);
    x509_ca_free(&ca);
    if (x509_ca_read_pem(&ca, keys->kms.temp_ca_cert, &reason))
        return error_input(error, "temp_ca_cert is not a usable CA certificate: %s", reason);
    x509_ca_free(&ca);
    if (x509_key_read_pem(&key, keys->kms.temp_ca_key, &reason))
        return error_input(error, "temp_ca_key is not a P-256 private key in PEM: %s", reason);
    bytes_wipe(&key, sizeof key);
    return 0;
}

int kms_guest_take_temp_ca(const struct kms_guest_answer *answer, struct app_keys *keys, struct error *error)
{
    json_t *root = read_answer(answer, error);
    int result = -1;

    if (root && (keep_text(root, "temp_ca_cert", &keys->kms.temp_ca_cert, error) ||
                 keep_text(root, "temp_ca_key", &keys->kms.temp_ca_key, error) ||
                 keep_text(root, "ca_cert", &keys->kms.ca_cert, error) || check_temp_ca(keys, error)))
        error_context(error, "its answer is not what a KMS answers");
    else if (root)
        result = 0;
    json_decref(root);
    return result ? error_context(error, "Failed to get temp ca cert") : 0;
}

static int read_keys(const json_t *root, const struct k256 *k256, struct app_keys *keys,
                     struct kms_guest_image_hash *image_hash, struct error *error)
{
    image_hash->len = 0;
    if (json_file_hex(root, "disk_crypt_key", keys->disk_key, sizeof keys->disk_key, error) ||
        json_file_hex(root, "env_crypt_key", keys->env_key, sizeof keys->env_key, error) ||
        json_file_hex(root, "k256_key", keys->k256_key, sizeof keys->k256_key, error) ||
        json_file_hex(root, "k256_signature", keys->k256_signature, sizeof keys->k256_signature, error) ||
        keep_text(root, "gateway_app_id", &keys->gateway_app_id, error) ||
        (json_object_get(root, "os_image_hash") &&
         json_file_hex_upto(root, "os_image_hash", image_hash->bytes, sizeof image_hash->bytes,
                            &image_hash->len, error)))
        return -1;
    keys->has_disk_key = keys->has_env_key = true;
    keys->k256_signature_len = sizeof keys->k256_signature;
    return k256_public_key(k256, keys->k256_key, keys->k256_public)
               ? error_input(error, "k256_key is not a secp256k1 private key")
               : 0;
}

int kms_guest_take_app_key(struct cluster *cluster, const struct kms_guest_answer *answer,
                           struct app_keys *keys, struct kms_guest_image_hash *image_hash,
                           struct error *error)
{
    json_t *root = check_server(cluster, answer, error) ? NULL : read_answer(answer, error);
    int result = -1;

    if (root && read_keys(root, cluster->k256, keys, image_hash, error))
        error_context(error, "its answer is not what a KMS answers");
    else if (root)
        result = 0;
    json_file_forget(root);
    return result ? error_context(error, "Failed to get app key") : 0;
}

static int read_chain(const json_t *root, struct arena *arena, char **chain, struct error *error)
{
    const json_t *list = json_object_get(root, "certificate_chain");
    const size_t count = json_array_size(list);

    if (!json_is_array(list) || count == 0 || count > KMS_GUEST_CHAIN_MAX)
        return error_input(error, "certificate_chain must be an array of 1 to %d texts", KMS_GUEST_CHAIN_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *pem = json_string_value(json_array_get(list, i));

        if (!pem || strlen(pem) > CERTIFICATE_BYTES_MAX ||
            strncmp(pem, "-----BEGIN CERTIFICATE-----", 27) != 0)
            return error_input(error, "certificate_chain[%zu] must be a certificate in PEM", i);
        chain[i] = arena_copy(arena, pem, strlen(pem));
    }
    chain[count] = NULL;
    return 0;
}

int kms_guest_take_chain(struct cluster *cluster, const struct kms_guest_answer *answer, struct arena *arena,
                         char *chain[static KMS_GUEST_CHAIN_MAX + 1], struct error *error)
{
    json_t *root = check_server(cluster, answer, error) ? NULL : read_answer(answer, error);
    int result = -1;

    if (root && read_chain(root, arena, chain, error))
        error_context(error, "its answer is not what a KMS answers");
    else if (root)
        result = 0;
    json_decref(root);
    return result ? error_context(error, "Failed to sign the CSR") : 0;
}
