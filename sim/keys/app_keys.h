/* The keys that a KMS issues to an app: its secp256k1 key with the KMS root's signature
 * over it, and the CA that issues its certificates. */
#ifndef KEYS_APP_KEYS_H
#define KEYS_APP_KEYS_H

#include "crypto/k256.h"
#include "crypto/x509_ca.h"
#include "sim/base/error.h"
#include "sim/keys/app_id.h"
#include "sim/keys/kms.h"

#define APP_KEYS_FILE_BYTES_MAX (256 * 1024)

struct app_keys {
    uint8_t k256_key[32];
    uint8_t k256_public[K256_PUBLIC_BYTES];
    uint8_t k256_signature[K256_RECOVERABLE_BYTES]; /* by the KMS root over the app id and public key */
    bool has_env_key;
    uint8_t env_key[32]; /* X25519: the app's environment is encrypted to it */
    struct p256_key ca_key;
    struct x509_ca ca;
    char *ca_cert; /* PEM, as in certificate chains */
    bool has_app_id;
    uint8_t app_id[APP_ID_BYTES];
};

/* Reads the real simulator's appkeys.json: k256_key, k256_signature, ca_cert and
 * key_provider.<KIND>.key; env_crypt_key and app_id are optional, other members are ignored.
 * Checks that the CA's key and certificate match. */
MUST_CHECK int app_keys_parse(struct app_keys *keys, struct span json, const struct k256 *k256,
                              struct error *error);

/* The keys that the KMS issues for that app id. */
MUST_CHECK int app_keys_issue(struct app_keys *keys, const struct kms *kms,
                              const uint8_t app_id[static APP_ID_BYTES], const struct k256 *k256,
                              struct error *error);

void app_keys_free(struct app_keys *keys);

#endif
