/* The KMS of the simulated cluster: the root that issues the keys of all apps with the same
 * seed, and the CA that issues their certificates. */
#ifndef KEYS_KMS_H
#define KEYS_KMS_H

#include "crypto/k256.h"
#include "crypto/p256.h"
#include "sim/base/error.h"
#include "sim/keys/app_id.h"
#include "sim/keys/pki.h"
#include "sim/keys/seed.h"

struct kms {
    uint8_t root_key[32]; /* secp256k1 */
    uint8_t root_public[K256_PUBLIC_BYTES];
    struct pki_entity ca;      /* Dstack KMS CA, self-signed; the same in every run */
    struct pki_entity temp_ca; /* for TDs that do not have a certificate yet */
};

MUST_CHECK int kms_init(struct kms *kms, const struct seed *seed, const struct k256 *k256,
                        struct error *error);
void kms_free(struct kms *kms); /* wipes the keys */

/* An app's secp256k1 key, and the root's recoverable signature over
 * Keccak-256("dstack-kms-issued:" || app_id || public_key). */
MUST_CHECK int kms_issue_app_key(const struct kms *kms, const struct k256 *k256,
                                 const uint8_t app_id[static APP_ID_BYTES], uint8_t key[static 32],
                                 uint8_t public_key[static K256_PUBLIC_BYTES],
                                 uint8_t signature[static K256_RECOVERABLE_BYTES], struct error *error);

/* Whether it is the root's signature over an app's key, as above. */
bool kms_has_issued(const struct kms *kms, const struct k256 *k256, const uint8_t app_id[static APP_ID_BYTES],
                    const uint8_t public_key[static K256_PUBLIC_BYTES],
                    const uint8_t signature[static K256_RECOVERABLE_BYTES]);

/* The X25519 secret that an app's environment is decrypted with. */
void kms_env_secret(const struct kms *kms, const uint8_t app_id[static APP_ID_BYTES],
                    uint8_t secret[static 32]);

/* The X25519 key that an app's environment is encrypted to, and the root's
 * recoverable signatures over it. */
struct kms_env_key {
    uint8_t public_key[32];
    uint8_t signature[K256_RECOVERABLE_BYTES];    /* Keccak-256(prefix || app_id || public_key) */
    uint8_t signature_v1[K256_RECOVERABLE_BYTES]; /* the same with u64be timestamp before the key */
};
/* Signs key->public_key, which must be set. */
MUST_CHECK int kms_sign_env_key(const struct kms *kms, const struct k256 *k256,
                                const uint8_t app_id[static APP_ID_BYTES], uint64_t timestamp,
                                struct kms_env_key *key, struct error *error);

/* The same for the key that belongs to kms_env_secret; sets all of it. */
MUST_CHECK int kms_derive_env_key(const struct kms *kms, const struct k256 *k256,
                                  const uint8_t app_id[static APP_ID_BYTES], uint64_t timestamp,
                                  struct kms_env_key *key, struct error *error);

#endif
