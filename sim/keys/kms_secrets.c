#include "sim/keys/kms_secrets.h"

#include "crypto/hash.h"
#include "sim/keys/derive.h"

static int derive_pair(const struct kms *kms, const struct bytes *path, size_t parts, struct p256_key *key,
                       struct error *error)
{
    uint8_t scalar[32];
    int result;

    derive_key(kms->ca.key.scalar, path, parts, scalar);
    result = p256_key_from_scalar(key, scalar);
    bytes_wipe(scalar, sizeof scalar);
    return result ? error_input(error, "this seed does not yield valid keys for the app; choose another") : 0;
}

static int derive_secret(const struct kms *kms, const struct bytes *path, size_t parts, uint8_t *secret,
                         struct error *error)
{
    uint8_t pkcs8[X509_PKCS8_BYTES];
    struct p256_key key;

    if (derive_pair(kms, path, parts, &key, error))
        return -1;
    x509_key_pkcs8(&key, pkcs8);
    hash_sha256(pkcs8, sizeof pkcs8, secret);
    bytes_wipe(pkcs8, sizeof pkcs8);
    bytes_wipe(&key, sizeof key);
    return 0;
}

int kms_secrets_disk_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                         struct span instance_id, uint8_t key[static 32], struct error *error)
{
    const struct bytes path[] = {
        {app_id, APP_ID_BYTES}, {instance_id.data, instance_id.len}, {"app-disk-crypt-key", 18}};

    return derive_secret(kms, path, 3, key, error);
}

int kms_secrets_env_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                        uint8_t key[static 32], struct error *error)
{
    const struct bytes path[] = {{app_id, APP_ID_BYTES}, {"env-encrypt-key", 15}};

    return derive_secret(kms, path, 2, key, error);
}

int kms_secrets_app_ca_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                           struct p256_key *key, struct error *error)
{
    const struct bytes path[] = {{app_id, APP_ID_BYTES}, {"app-ca", 6}};

    return derive_pair(kms, path, 2, key, error);
}
