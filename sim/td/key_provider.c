#include "sim/td/key_provider.h"

#include "crypto/hash.h"

#define SEED_BYTES 32

void key_provider_identify(const struct key_provider *provider, const struct app_keys *given,
                           struct identity *identity)
{
    uint8_t id[X509_SPKI_BYTES];
    size_t len = 0;

    if (provider->kind == APP_KEY_PROVIDER_LOCAL) {
        len = APP_KEYS_MRENCLAVE_BYTES;
        seed_bytes(provider->seed, "local-key-provider/mrenclave", SPAN_NONE, id, len);
    } else if (provider->kind == APP_KEY_PROVIDER_KMS) {
        len = X509_SPKI_BYTES;
        x509_key_spki(given->ca_cert ? given->ca.public_key : provider->kms->ca.key.public_key, id);
    }
    if (len && given->provider_id_len == len)
        memcpy(id, given->provider_id, len);
    identity_set_key_provider(identity, provider->kind, span_of(id, len));
}

/* The enclave hashes its sealing key and the registers of the TD's quote. */
static void seal_local(const struct key_provider *provider, const struct registers *registers, uint8_t *seed)
{
    uint8_t sealing_key[SEED_BYTES];
    const struct bytes parts[] = {
        {sealing_key, sizeof sealing_key},
        {registers->mrtd, sizeof registers->mrtd},
        {registers->rtmr, sizeof registers->rtmr},
    };

    seed_bytes(provider->seed, "local-key-provider/sealing-key", SPAN_NONE, sealing_key, sizeof sealing_key);
    hash_parts(HASH_SHA256, parts, sizeof parts / sizeof *parts, seed);
    bytes_wipe(sealing_key, sizeof sealing_key);
}

/* A TPM keeps what it was given at the first boot; without a provider each boot draws anew. */
static void draw(const struct key_provider *provider, const struct identity *identity, uint8_t *seed)
{
    const bool is_kept = provider->kind == APP_KEY_PROVIDER_TPM;
    struct buf which;

    buf_init(&which, SIZE_MAX);
    buf_append(&which, identity->app_id, sizeof identity->app_id);
    buf_append_text(&which, provider->instance);
    if (!is_kept)
        buf_append_le32(&which, provider->boot);
    seed_bytes(provider->seed, is_kept ? "tpm/app-seed" : "boot/app-seed", buf_span(&which), seed,
               SEED_BYTES);
    buf_free(&which);
}

int key_provider_issue(const struct key_provider *provider, const struct identity *identity,
                       const struct registers *registers, struct app_keys *keys, struct error *error)
{
    uint8_t seed[SEED_BYTES];
    int result;

    if (provider->kind == APP_KEY_PROVIDER_KMS)
        return (provider->gives_own_ca ? app_keys_issue_own : app_keys_issue)(
            keys, provider->kms, identity->app_id, provider->k256, error);
    if (provider->kind == APP_KEY_PROVIDER_LOCAL)
        seal_local(provider, registers, seed);
    else
        draw(provider, identity, seed);
    result = app_keys_derive(keys, seed, provider->k256, error);
    bytes_wipe(seed, sizeof seed);
    return result;
}
