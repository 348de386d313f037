#include "sim/keys/kms.h"

#include "crypto/hash.h"
#include "crypto/x25519.h"
#include "sim/keys/derive.h"

static const char issued_prefix[] = "dstack-kms-issued:";
static const char env_prefix[] = "dstack-env-encrypt-pubkey:";

static int issue_ca(struct pki_entity *ca, const char *common_name, int path_length, struct error *error)
{
    const struct x509_attribute name[] = {{X509_O, "Dstack"}, {X509_CN, common_name}};
    struct x509_extensions extensions;
    uint8_t room[256];

    if (pki_name(ca, name, 2, error))
        return -1;
    x509_extensions_init(&extensions, room, sizeof room);
    x509_extensions_add_key_usage(&extensions, X509_DIGITAL_SIGNATURE | X509_KEY_CERT_SIGN | X509_CRL_SIGN);
    x509_extensions_add_subject_key_id(&extensions, ca->key_id);
    x509_extensions_add_basic_constraints(&extensions, path_length);
    return pki_issue_keyed(ca, ca, PKI_DSTACK_NOT_BEFORE, &extensions, error);
}

int kms_init(struct kms *kms, const struct seed *seed, const struct k256 *k256, struct error *error)
{
    seed_bytes(seed, "kms/k256-root", SPAN_NONE, kms->root_key, sizeof kms->root_key);
    seed_p256(seed, "kms/ca", SPAN_NONE, &kms->ca.key);
    seed_p256(seed, "kms/temp-ca", SPAN_NONE, &kms->temp_ca.key);
    if (k256_public_key(k256, kms->root_key, kms->root_public))
        return error_input(error, "this seed does not yield a valid KMS root key; choose another");
    if (issue_ca(&kms->ca, "Dstack KMS CA", 1, error) ||
        issue_ca(&kms->temp_ca, "Dstack Client Temp CA", 0, error))
        return -1;
    return 0;
}

void kms_free(struct kms *kms)
{
    pki_free(&kms->ca);
    pki_free(&kms->temp_ca);
    bytes_wipe(kms, sizeof *kms);
}

static int sign_digest(const struct kms *kms, const struct k256 *k256, const uint8_t digest[static 32],
                       uint8_t signature[static K256_RECOVERABLE_BYTES], struct error *error)
{
    if (k256_sign_recoverable(k256, kms->root_key, digest, signature))
        return error_internal(error, "the KMS root key cannot sign");
    return 0;
}

static int sign(const struct kms *kms, const struct k256 *k256, const struct bytes *message, size_t parts,
                uint8_t signature[static K256_RECOVERABLE_BYTES], struct error *error)
{
    uint8_t digest[32];

    hash_parts(HASH_KECCAK256, message, parts, digest);
    return sign_digest(kms, k256, digest, signature, error);
}

static void hash_issued(const uint8_t *app_id, const uint8_t *public_key, uint8_t digest[static 32])
{
    const struct bytes message[] = {
        {issued_prefix, sizeof issued_prefix - 1},
        {app_id, APP_ID_BYTES},
        {public_key, K256_PUBLIC_BYTES},
    };

    hash_parts(HASH_KECCAK256, message, sizeof message / sizeof *message, digest);
}

bool kms_has_issued(const struct kms *kms, const struct k256 *k256, const uint8_t app_id[static APP_ID_BYTES],
                    const uint8_t public_key[static K256_PUBLIC_BYTES],
                    const uint8_t signature[static K256_RECOVERABLE_BYTES])
{
    uint8_t digest[32], signer[K256_PUBLIC_BYTES];

    hash_issued(app_id, public_key, digest);
    return k256_recover(k256, digest, signature, signer) == 0 &&
           memcmp(signer, kms->root_public, sizeof signer) == 0;
}

int kms_issue_app_key(const struct kms *kms, const struct k256 *k256,
                      const uint8_t app_id[static APP_ID_BYTES], uint8_t key[static 32],
                      uint8_t public_key[static K256_PUBLIC_BYTES],
                      uint8_t signature[static K256_RECOVERABLE_BYTES], struct error *error)
{
    const struct bytes path[] = {{app_id, APP_ID_BYTES}, {"app-key", 7}};
    uint8_t digest[32];

    derive_key(kms->root_key, path, 2, key);
    if (k256_public_key(k256, key, public_key))
        return error_input(error, "this seed does not yield a valid key for the app; choose another");
    hash_issued(app_id, public_key, digest);
    return sign_digest(kms, k256, digest, signature, error);
}

void kms_env_secret(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                    uint8_t secret[static 32])
{
    const struct bytes path[] = {{app_id, APP_ID_BYTES}, {"env-encrypt-key", 15}};

    derive_key(kms->root_key, path, 2, secret);
}

int kms_sign_env_key(const struct kms *kms, const struct k256 *k256,
                     const uint8_t app_id[static APP_ID_BYTES], uint64_t timestamp, struct kms_env_key *key,
                     struct error *error)
{
    uint8_t time[8];
    const struct bytes prefix = {env_prefix, sizeof env_prefix - 1};
    const struct bytes app = {app_id, APP_ID_BYTES};
    const struct bytes public_key = {key->public_key, sizeof key->public_key};

    bytes_put_be64(time, timestamp);
    if (sign(kms, k256, (const struct bytes[]){prefix, app, public_key}, 3, key->signature, error) ||
        sign(kms, k256, (const struct bytes[]){prefix, app, {time, sizeof time}, public_key}, 4,
             key->signature_v1, error))
        return -1;
    return 0;
}

int kms_derive_env_key(const struct kms *kms, const struct k256 *k256,
                       const uint8_t app_id[static APP_ID_BYTES], uint64_t timestamp, struct kms_env_key *key,
                       struct error *error)
{
    uint8_t secret[32];

    kms_env_secret(kms, app_id, secret);
    x25519_public_key(secret, key->public_key);
    bytes_wipe(secret, sizeof secret);
    return kms_sign_env_key(kms, k256, app_id, timestamp, key, error);
}
