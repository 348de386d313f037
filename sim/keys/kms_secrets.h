/* The keys that a KMS hands to an app's TDs, as dstack-kms derives them.
 *
 * All but the app's secp256k1 key (kms_issue_app_key) follow from the scalar of the root CA's key. With
 * derive() of derive.h and pkcs8(s) the DER of the P-256 key with scalar s:
 *
 *     disk key    SHA-256(pkcs8(derive(root, app id || instance id || "app-disk-crypt-key")))
 *     env key     SHA-256(pkcs8(derive(root, app id || "env-encrypt-key")))
 *     app CA key  the P-256 key with scalar derive(root, app id || "app-ca") */
#ifndef KEYS_KMS_SECRETS_H
#define KEYS_KMS_SECRETS_H

#include "sim/base/span.h"
#include "sim/keys/kms.h"

/* Encrypts the data disk. instance_id: at most APP_INSTANCE_ID_BYTES, or nothing. */
MUST_CHECK int kms_secrets_disk_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                                    struct span instance_id, uint8_t key[static 32], struct error *error);

/* The X25519 secret that the app's environment is encrypted to; not clamped. */
MUST_CHECK int kms_secrets_env_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                                   uint8_t key[static 32], struct error *error);

/* The key of the CA that issues the app's certificates. */
MUST_CHECK int kms_secrets_app_ca_key(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                                      struct p256_key *key, struct error *error);

#endif
