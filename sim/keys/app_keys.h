/* The keys of an app: its secp256k1 key, which a KMS signs, and the CA that issues its certificates. They
 * come from a KMS, or from a seed that another key provider keeps. */
#ifndef KEYS_APP_KEYS_H
#define KEYS_APP_KEYS_H

#include "crypto/k256.h"
#include "crypto/x509_ca.h"
#include "sim/base/error.h"
#include "sim/keys/app_id.h"
#include "sim/keys/kms.h"

#define APP_KEYS_MRENCLAVE_BYTES 32
#define APP_KEYS_FILE_BYTES_MAX (256 * 1024)

struct app_keys {
    uint8_t k256_key[32];
    uint8_t k256_public[K256_PUBLIC_BYTES];
    uint8_t k256_signature[K256_RECOVERABLE_BYTES]; /* by the KMS root over the app id and public key */
    size_t k256_signature_len;                      /* 0 without a KMS */
    bool has_env_key;
    uint8_t env_key[32]; /* X25519: the app's environment is encrypted to it */
    struct p256_key ca_key;
    struct x509_ca ca;
    char *ca_cert;        /* PEM, as in certificate chains; NULL until app_keys_set_ca */
    char *root_cert;      /* PEM, of the CA above it in chains; or NULL: that is the last */
    bool has_borrowed_ca; /* see app_keys_borrow_ca */
    bool has_app_id;
    uint8_t app_id[APP_ID_BYTES];
    uint8_t provider_id[X509_SPKI_BYTES]; /* of the key provider, where the file names one */
    size_t provider_id_len;
    bool has_disk_key;
    uint8_t disk_key[32];
    char *gateway_app_id; /* heap; or NULL */

    /* The KMS that signs the certificates of keys without a CA: heap, each NULL where it is not known. */
    struct app_keys_kms {
        char *url;                        /* that its methods are below, with /prpc */
        char *ca_cert;                    /* PEM: its root */
        char *temp_ca_cert, *temp_ca_key; /* PEM: what issues the client certificates that it takes */
    } kms;
};

/* Reads the real simulator's appkeys.json: k256_key, k256_signature (which may be empty), ca_cert and
 * key_provider.<KIND>.key; env_crypt_key, disk_crypt_key, gateway_app_id, app_id and key_provider.Local.mr
 * are optional, other members are ignored. Checks that the CA's key and certificate match. A guest that uses a
 * KMS has no key of a CA: of its file, key_provider.Kms is read into kms and provider_id, and the CA stays
 * unset. */
MUST_CHECK int app_keys_parse(struct app_keys *keys, struct span json, const struct k256 *k256,
                              struct error *error);

/* The keys that the KMS issues for that app id. */
MUST_CHECK int app_keys_issue(struct app_keys *keys, const struct kms *kms,
                              const uint8_t app_id[static APP_ID_BYTES], const struct k256 *k256,
                              struct error *error);

/* The same as dstack-kms gives them to a guest: with a CA of the app's own under the KMS's, and the
 * environment key of kms_secrets.h. */
MUST_CHECK int app_keys_issue_own(struct app_keys *keys, const struct kms *kms,
                                  const uint8_t app_id[static APP_ID_BYTES], const struct k256 *k256,
                                  struct error *error);

/* The keys that a seed of 32 bytes yields, without the CA's certificate. */
MUST_CHECK int app_keys_derive(struct app_keys *keys, const uint8_t seed[static 32], const struct k256 *k256,
                               struct error *error);

/* Copies all that is not of a CA, or of the KMS that signs. */
void app_keys_copy_secrets(struct app_keys *keys, const struct app_keys *from);

/* Sets the KMS's own CA, for keys that came without one. */
MUST_CHECK int app_keys_borrow_ca(struct app_keys *keys, const struct kms *kms, struct error *error);

/* Sets the certificate of the CA, whose key is set. */
MUST_CHECK int app_keys_set_ca(struct app_keys *keys, const char *pem, struct error *error);

void app_keys_free(struct app_keys *keys);

#endif
