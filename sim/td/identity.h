/* The identity of a TD: ids, hashes and configuration, all fixed when it boots. */
#ifndef TD_IDENTITY_H
#define TD_IDENTITY_H

#include "sim/app/app.h"
#include "sim/app/gpu_attestation.h"
#include "sim/app/gpu_policy.h"
#include "sim/base/text.h"
#include "sim/image/measurement.h"
#include "sim/keys/app_keys.h"
#include "sim/keys/seed.h"

#define IDENTITY_SCRIPT_HASH_BYTES 32 /* SHA-256 */

/* Where an app id comes from. */
enum identity_source { IDENTITY_OF_COMPOSE_HASH, IDENTITY_OF_APP_KEYS, IDENTITY_OF_OPTION };

struct identity {
    uint8_t app_id[APP_ID_BYTES];
    enum identity_source app_id_source;
    uint8_t instance_id[APP_INSTANCE_ID_BYTES];
    size_t instance_id_len; /* 0 if the app is to have none */
    uint8_t compose_hash[APP_COMPOSE_HASH_BYTES];
    uint8_t device_id[32];
    uint8_t os_image_hash[32];
    uint8_t init_script_hashes[APP_COMPOSE_INIT_SCRIPTS_MAX][IDENTITY_SCRIPT_HASH_BYTES];
    size_t init_script_count; /* of those that are measured */
    uint8_t gpu_policy_hash[GPU_POLICY_HASH_BYTES];
    struct text gpu_attestation;   /* JSON; empty without GPUs */
    struct text vm_config;         /* JSON */
    struct text key_provider_info; /* JSON, with the name and the id of the key provider */
    uint8_t key_provider_id[X509_SPKI_BYTES];
    size_t key_provider_id_len;
};

/* Sets the app id and the instance id. app_id: the one that the app was deployed with, APP_ID_BYTES, or
 * nothing: then it is the one that the keys name or else the first bytes of the compose hash. instance:
 * distinguishes instances of one app. *identity must be all zero. */
void identity_init(struct identity *identity, const struct app *app, const struct app_keys *keys,
                   const struct seed *seed, struct span app_id, const char *instance);

/* Sets what images of dstack 0.6 measure of the app besides: its init scripts and its GPU policy. */
void identity_set_policies(struct identity *identity, const struct app_compose *compose);

/* Sets what they measure of the attestation of GPUs; see gpu_attestation.h. */
MUST_CHECK int identity_set_gpus(struct identity *identity, struct span evidence, struct error *error);

/* Sets the instance id as a guest that is deployed does: SHA-256(seed || app id), cut to its length.
 * An app that has no instance id keeps none. The app id must be set. */
void identity_set_instance(struct identity *identity, const uint8_t seed[static APP_INSTANCE_ID_BYTES]);

/* Sets the hash of the image and the vm_config of the machine that boots it. */
void identity_set_image(struct identity *identity, const struct os_image *image,
                        const struct machine *machine);

/* Sets key_provider_info and key_provider_id. id: of a KMS, its CA's public key; of a local provider, the
 * MRENCLAVE of its enclave; else nothing. At most X509_SPKI_BYTES. */
void identity_set_key_provider(struct identity *identity, enum app_key_provider provider, struct span id);

/* Checks the key provider's id against the one that the app pins, if it does. */
MUST_CHECK int identity_check_key_provider(const struct identity *identity, const struct app *app,
                                           struct error *error);

/* The instance id, which may be empty. */
struct span identity_instance(const struct identity *identity);

/* What the labels of this TD's own keys contain: its instance id, or its app id if it has none. */
struct span identity_which(const struct identity *identity);

void identity_free(struct identity *identity);

#endif
