#include "sim/keys/app_keys.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"
#include "sim/keys/derive.h"
#include "sim/keys/kms_certificates.h"
#include "sim/keys/kms_secrets.h"

#define KIND_KMS "Kms"

/* The only member of key_provider is named after the provider's kind. */
static const json_t *find_kind(const json_t *root, bool *is_kms, struct error *error)
{
    const json_t *provider = json_file_object(root, "key_provider", error);
    void *only = json_object_iter(unconst(provider));
    const json_t *kind = json_object_iter_value(only);

    if (provider && !json_is_object(kind)) {
        error_input(error, "key_provider must contain an object named after its kind, with a member key");
        return NULL;
    }
    *is_kms = provider && strcmp(json_object_iter_key(only), KIND_KMS) == 0;
    return provider ? kind : NULL;
}

/* The id of the provider that issued the keys: of a KMS, the public key of its CA; of an enclave, its
 * measurement. */
static int read_provider_id(struct app_keys *keys, const json_t *kind, bool is_kms, struct error *error)
{
    const char *name = is_kms ? "pubkey" : "mr";

    keys->provider_id_len = is_kms ? X509_SPKI_BYTES : APP_KEYS_MRENCLAVE_BYTES;
    if (json_object_get(kind, name))
        return json_file_hex(kind, name, keys->provider_id, keys->provider_id_len, error);
    keys->provider_id_len = 0;
    return 0;
}

static int read_ca_key(struct app_keys *keys, const json_t *kind, struct error *error)
{
    const char *pem, *reason;

    if (json_file_string(kind, "key", &pem, error))
        return error_context(error, "key_provider");
    if (x509_key_read_pem(&keys->ca_key, pem, &reason))
        return error_input(error, "key_provider.key is not a P-256 private key in PEM: %s", reason);
    return 0;
}

static int read_ca(struct app_keys *keys, const json_t *root, struct error *error)
{
    const char *pem, *reason;

    if (json_file_string(root, "ca_cert", &pem, error))
        return -1;
    if (x509_ca_read_pem(&keys->ca, pem, &reason))
        return error_input(error, "ca_cert is not a usable CA certificate: %s", reason);
    keys->ca_cert = memory_copy(pem, strlen(pem));
    if (memcmp(keys->ca.public_key, keys->ca_key.public_key, P256_PUBLIC_BYTES) != 0)
        return error_input(error, "ca_cert is not the certificate of key_provider's key");
    return 0;
}

/* A string that may be missing, on the heap; NULL then. */
static int read_optional_text(const json_t *object, const char *name, char **text, struct error *error)
{
    const char *given;

    if (!json_object_get(object, name))
        return 0;
    if (json_file_string(object, name, &given, error))
        return -1;
    *text = memory_copy(given, strlen(given));
    return 0;
}

static int read_kms(struct app_keys_kms *kms, const json_t *root, const json_t *kind, struct error *error)
{
    if (read_optional_text(kind, "url", &kms->url, error) ||
        read_optional_text(kind, "tmp_ca_cert", &kms->temp_ca_cert, error) ||
        read_optional_text(kind, "tmp_ca_key", &kms->temp_ca_key, error))
        return error_context(error, "key_provider");
    return read_optional_text(root, "ca_cert", &kms->ca_cert, error);
}

/* A guest that uses a KMS has its certificates signed there. */
static int read_provider(struct app_keys *keys, const json_t *root, struct error *error)
{
    bool is_kms;
    const json_t *kind = find_kind(root, &is_kms, error);

    if (!kind)
        return -1;
    if (read_provider_id(keys, kind, is_kms, error))
        return error_context(error, "key_provider");
    if (is_kms && !json_object_get(kind, "key"))
        return read_kms(&keys->kms, root, kind, error);
    return read_ca_key(keys, kind, error) || read_ca(keys, root, error) ? -1 : 0;
}

/* Empty, or of that length. */
static int read_optional_hex(const json_t *root, const char *name, uint8_t *out, size_t len, size_t *got,
                             struct error *error)
{
    if (json_file_hex_upto(root, name, out, len, got, error))
        return -1;
    return *got == 0 || *got == len
               ? 0
               : error_input(error, "%s must have %zu bytes or be empty, but has %zu", name, len, *got);
}

static int read_k256(struct app_keys *keys, const json_t *root, const struct k256 *k256, struct error *error)
{
    if (json_file_hex(root, "k256_key", keys->k256_key, sizeof keys->k256_key, error) ||
        read_optional_hex(root, "k256_signature", keys->k256_signature, sizeof keys->k256_signature,
                          &keys->k256_signature_len, error))
        return -1;
    if (k256_public_key(k256, keys->k256_key, keys->k256_public))
        return error_input(error,
                           "k256_key is not a secp256k1 private key: it must be at least 1 and below the "
                           "group order");
    return 0;
}

/* A key of 32 bytes that may be missing or empty. */
static int read_optional_key(const json_t *root, const char *name, uint8_t *key, bool *is_there,
                             struct error *error)
{
    size_t len = 0;

    if (json_object_get(root, name) && read_optional_hex(root, name, key, 32, &len, error))
        return -1;
    *is_there = len > 0;
    return 0;
}

static int read_app_id(struct app_keys *keys, const json_t *root, struct error *error)
{
    keys->has_app_id = json_object_get(root, "app_id") != NULL;
    return keys->has_app_id ? json_file_hex(root, "app_id", keys->app_id, APP_ID_BYTES, error) : 0;
}

int app_keys_parse(struct app_keys *keys, struct span json, const struct k256 *k256, struct error *error)
{
    json_t *root = json_file_parse(json, error);
    int result = -1;

    *keys = (struct app_keys){0};
    if (root && read_k256(keys, root, k256, error) == 0 && read_provider(keys, root, error) == 0 &&
        read_optional_key(root, "env_crypt_key", keys->env_key, &keys->has_env_key, error) == 0 &&
        read_optional_key(root, "disk_crypt_key", keys->disk_key, &keys->has_disk_key, error) == 0 &&
        read_optional_text(root, "gateway_app_id", &keys->gateway_app_id, error) == 0 &&
        read_app_id(keys, root, error) == 0)
        result = 0;
    json_file_forget(root);
    if (result)
        app_keys_free(keys);
    return result;
}

static int issue_k256(struct app_keys *keys, const struct kms *kms, const uint8_t *app_id,
                      const struct k256 *k256, struct error *error)
{
    *keys = (struct app_keys){.has_env_key = true};
    if (kms_issue_app_key(kms, k256, app_id, keys->k256_key, keys->k256_public, keys->k256_signature, error))
        return -1;
    keys->k256_signature_len = sizeof keys->k256_signature;
    return 0;
}

int app_keys_issue_own(struct app_keys *keys, const struct kms *kms,
                       const uint8_t app_id[static APP_ID_BYTES], const struct k256 *k256,
                       struct error *error)
{
    struct pki_entity ca;
    int result;

    if (issue_k256(keys, kms, app_id, k256, error) ||
        kms_secrets_env_key(kms, app_id, keys->env_key, error) ||
        kms_certificates_app_ca(kms, app_id, &ca, error))
        return -1;
    keys->ca_key = ca.key;
    keys->root_cert = memory_copy(kms->ca.pem, strlen(kms->ca.pem));
    result = app_keys_set_ca(keys, ca.pem, error);
    pki_free(&ca);
    return result;
}

int app_keys_issue(struct app_keys *keys, const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                   const struct k256 *k256, struct error *error)
{
    if (issue_k256(keys, kms, app_id, k256, error))
        return -1;
    kms_env_secret(kms, app_id, keys->env_key);
    keys->ca_key = kms->ca.key;
    return app_keys_set_ca(keys, kms->ca.pem, error);
}

int app_keys_borrow_ca(struct app_keys *keys, const struct kms *kms, struct error *error)
{
    keys->ca_key = kms->ca.key;
    keys->has_borrowed_ca = true;
    return app_keys_set_ca(keys, kms->ca.pem, error);
}

void app_keys_copy_secrets(struct app_keys *keys, const struct app_keys *from)
{
    memcpy(keys->k256_key, from->k256_key, sizeof keys->k256_key);
    memcpy(keys->k256_public, from->k256_public, sizeof keys->k256_public);
    memcpy(keys->k256_signature, from->k256_signature, sizeof keys->k256_signature);
    keys->k256_signature_len = from->k256_signature_len;
    keys->has_env_key = from->has_env_key;
    memcpy(keys->env_key, from->env_key, sizeof keys->env_key);
    keys->has_disk_key = from->has_disk_key;
    memcpy(keys->disk_key, from->disk_key, sizeof keys->disk_key);
    keys->has_app_id = from->has_app_id;
    memcpy(keys->app_id, from->app_id, sizeof keys->app_id);
    free(keys->gateway_app_id);
    keys->gateway_app_id =
        from->gateway_app_id ? memory_copy(from->gateway_app_id, strlen(from->gateway_app_id)) : NULL;
}

static void derive(const uint8_t *seed, const char *label, uint8_t out[static 32])
{
    const struct bytes path[] = {{label, strlen(label)}};

    derive_key(seed, path, 1, out);
}

int app_keys_derive(struct app_keys *keys, const uint8_t seed[static 32], const struct k256 *k256,
                    struct error *error)
{
    uint8_t scalar[32];
    int result = 0;

    *keys = (struct app_keys){0};
    derive(seed, "app-k256-key", keys->k256_key);
    derive(seed, "app-key", scalar);
    if (k256_public_key(k256, keys->k256_key, keys->k256_public) ||
        p256_key_from_scalar(&keys->ca_key, scalar))
        result = error_input(error, "this seed does not yield valid keys for the app; choose another");
    bytes_wipe(scalar, sizeof scalar);
    return result;
}

int app_keys_set_ca(struct app_keys *keys, const char *pem, struct error *error)
{
    const char *reason;

    keys->ca_cert = memory_copy(pem, strlen(pem));
    if (x509_ca_read_pem(&keys->ca, keys->ca_cert, &reason))
        return error_internal(error, "the app's CA certificate cannot be read back: %s", reason);
    return 0;
}

void app_keys_free(struct app_keys *keys)
{
    x509_ca_free(&keys->ca);
    free(keys->ca_cert);
    free(keys->root_cert);
    free(keys->gateway_app_id);
    free(keys->kms.url);
    free(keys->kms.ca_cert);
    free(keys->kms.temp_ca_cert);
    free(keys->kms.temp_ca_key);
    bytes_wipe(keys, sizeof *keys);
}
