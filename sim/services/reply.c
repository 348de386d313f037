#include "sim/services/reply.h"

#include "sim/services/cert_inquiry.h"
#include "sim/services/service.h"

#include "sim/base/version.h"
#include "sim/td/td_cert.h"

#define HEALTH_LINE_BYTES 512

void reply_version(Dstack__VersionResponse_Closure reply, void *call)
{
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    response.version = unconst(version_number);
    response.rev = unconst(version_rev);
    reply(&response, call);
}

int reply_app_info(struct rpc_call *call, const struct td *td, bool everything, Dstack__AppInfo *response)
{
    const struct identity *identity = &td->identity;
    const struct text *app_cert = td_cert_own(td, &call->error);

    if (!app_cert)
        return -1;
    response->app_id = call_bytes(identity->app_id, sizeof identity->app_id);
    response->instance_id = call_bytes(identity->instance_id, identity->instance_id_len);
    response->app_cert = call_text(call, app_cert);
    response->app_name = td->app.says.name;
    response->device_id = call_bytes(identity->device_id, sizeof identity->device_id);
    response->mr_aggregated = call_bytes(td_aggregate(td), REGISTERS_AGGREGATE_BYTES);
    response->os_image_hash = call_bytes(identity->os_image_hash, sizeof identity->os_image_hash);
    response->key_provider_info = call_text(call, &identity->key_provider_info);
    response->compose_hash = call_bytes(identity->compose_hash, sizeof identity->compose_hash);
    response->cloud_vendor = unconst(td->machine.cloud_vendor);
    response->cloud_product = unconst(td->machine.cloud_product);
    if (everything) {
        response->tcb_info = call_text(call, td_tcb_info(td));
        response->vm_config = call_text(call, &identity->vm_config);
    }
    return 0;
}

void reply_quote(struct rpc_call *call, const struct td *td,
                 const uint8_t report_data[static REPORT_DATA_BYTES], Dstack__GetQuoteResponse *response)
{
    struct span quote;
    struct span attestation = td_attestation(td, TD_ATTESTATION_MSGPACK, report_data, call->arena, &quote);

    response->quote = call_bytes(quote.data, quote.len);
    response->event_log = call_text(call, td_event_log(td));
    response->report_data = call_bytes(report_data, REPORT_DATA_BYTES);
    response->vm_config = call_text(call, &td->identity.vm_config);
    response->attestation = call_bytes(attestation.data, attestation.len);
}

Dstack__AppHealth *reply_app_health(const struct app_health *health, struct arena *arena)
{
    const struct app_health_verdict *verdict = app_health_report(health);
    Dstack__AppHealth *shown = arena_alloc(arena, sizeof *shown);

    *shown = (Dstack__AppHealth)DSTACK__APP_HEALTH__INIT;
    shown->checked = health->is_checked;
    shown->by_hand = health->is_set;
    shown->healthy = verdict->is_healthy;
    shown->verdict = arena_alloc(arena, HEALTH_LINE_BYTES);
    app_health_describe(verdict, shown->verdict, HEALTH_LINE_BYTES);
    return shown;
}

char *reply_private_key(struct rpc_call *call, const struct p256_key *key)
{
    char *pem = arena_alloc(call->arena, X509_KEY_PEM_CHARS + 1);

    x509_key_write_pem(key, pem);
    return pem;
}

int reply_issue_cert(struct rpc_call *call, const struct td *td, const struct app_cert_request *request,
                     const struct p256_key *key, struct reply_cert *cert)
{
    struct cert_inquiry_answer issued;

    if (cert_inquiry_issue(call, td, request, key, &issued))
        return -1;
    *cert = (struct reply_cert){
        .key = reply_private_key(call, &issued.key), .chain = issued.chain, .chain_len = issued.chain_len};
    bytes_wipe(&issued.key, sizeof issued.key);
    return 0;
}

int reply_tls_key(struct rpc_call *call, const struct td *td, const struct app_cert_request *request,
                  const struct p256_key *key, Dstack__GetTlsKeyResponse *response)
{
    struct reply_cert cert;

    if (reply_issue_cert(call, td, request, key, &cert))
        return -1;
    response->key = cert.key;
    response->certificate_chain = cert.chain;
    response->n_certificate_chain = cert.chain_len;
    return 0;
}

void reply_signature_chain(struct rpc_call *call, const struct td *td, const struct app_key *key,
                           size_t *count, ProtobufCBinaryData **chain)
{
    *count = 2;
    *chain = arena_alloc(call->arena, 2 * sizeof **chain);
    (*chain)[0] = call_bytes(key->signature, sizeof key->signature);
    (*chain)[1] = call_bytes(td->keys.k256_signature, td->keys.k256_signature_len);
}

static int find_first_form(struct rpc_call *call, ProtobufCBinaryData app_id, uint64_t now,
                           struct kms_env_key *key)
{
    const struct cluster *cluster = service_site(call)->cluster;

    if (app_id.len != APP_ID_BYTES)
        return error_input(&call->error, "app_id must have %d bytes, not %zu", APP_ID_BYTES, app_id.len);
    return kms_derive_env_key(&cluster->kms, cluster->k256, app_id.data, now, key, &call->error);
}

void reply_env_key(struct rpc_call *call, const Dstack__AppId *args, Dstack__PublicKeyResponse_Closure reply)
{
    reply_env_key_found(call, args, find_first_form, reply);
}

void reply_env_key_found(struct rpc_call *call, const Dstack__AppId *args, reply_env_key_finder *find,
                         Dstack__PublicKeyResponse_Closure reply)
{
    Dstack__PublicKeyResponse response = DSTACK__PUBLIC_KEY_RESPONSE__INIT;
    struct kms_env_key key;

    response.timestamp = (uint64_t)clock_seconds(&service_site(call)->cluster->clock);
    if (find(call, args->app_id, response.timestamp, &key)) {
        reply(NULL, call);
        return;
    }
    response.public_key = call_bytes(key.public_key, sizeof key.public_key);
    response.signature = call_bytes(key.signature, sizeof key.signature);
    response.signature_v1 = call_bytes(key.signature_v1, sizeof key.signature_v1);
    reply(&response, call);
}
