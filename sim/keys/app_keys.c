#include "sim/keys/app_keys.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/format/json_file.h"

/* The only member of key_provider is named after the provider's kind. */
static int read_ca_key(struct app_keys *keys, const json_t *root, struct error *error)
{
    const json_t *provider = json_file_object(root, "key_provider", error);
    const json_t *kind;
    const char *pem, *reason;

    if (!provider)
        return -1;
    kind = json_object_iter_value(json_object_iter(unconst(provider)));
    if (!json_is_object(kind))
        return error_input(error,
                           "key_provider must contain an object named after its kind, with a member key");
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

static int read_k256(struct app_keys *keys, const json_t *root, const struct k256 *k256, struct error *error)
{
    if (json_file_hex(root, "k256_key", keys->k256_key, sizeof keys->k256_key, error) ||
        json_file_hex(root, "k256_signature", keys->k256_signature, sizeof keys->k256_signature, error))
        return -1;
    if (k256_public_key(k256, keys->k256_key, keys->k256_public))
        return error_input(error,
                           "k256_key is not a secp256k1 private key: it must be at least 1 and below the "
                           "group order");
    return 0;
}

static int read_env_key(struct app_keys *keys, const json_t *root, struct error *error)
{
    keys->has_env_key = json_object_get(root, "env_crypt_key") != NULL;
    if (!keys->has_env_key)
        return 0;
    return json_file_hex(root, "env_crypt_key", keys->env_key, sizeof keys->env_key, error);
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
    if (root && read_k256(keys, root, k256, error) == 0 && read_ca_key(keys, root, error) == 0 &&
        read_ca(keys, root, error) == 0 && read_env_key(keys, root, error) == 0 &&
        read_app_id(keys, root, error) == 0)
        result = 0;
    json_decref(root);
    if (result)
        app_keys_free(keys);
    return result;
}

int app_keys_issue(struct app_keys *keys, const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                   const struct k256 *k256, struct error *error)
{
    const char *reason;

    *keys = (struct app_keys){0};
    if (kms_issue_app_key(kms, k256, app_id, keys->k256_key, keys->k256_public, keys->k256_signature, error))
        return -1;
    keys->has_env_key = true;
    kms_env_secret(kms, app_id, keys->env_key);
    keys->ca_key = kms->ca.key;
    keys->ca_cert = memory_copy(kms->ca.pem, strlen(kms->ca.pem));
    if (x509_ca_read_pem(&keys->ca, keys->ca_cert, &reason))
        return error_internal(error, "the KMS CA certificate cannot be read back: %s", reason);
    return 0;
}

void app_keys_free(struct app_keys *keys)
{
    x509_ca_free(&keys->ca);
    free(keys->ca_cert);
    bytes_wipe(keys, sizeof *keys);
}
