#include "sim/services/reply.h"

#include "crypto/pem.h"
#include "sim/base/version.h"

/* protobuf-c's messages hold plain char pointers, for reading and writing alike. */
static char *constant(const char *text)
{
    return (char *)(uintptr_t)text;
}

void reply_version(Dstack__VersionResponse_Closure reply, void *call)
{
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    response.version = constant(version_number);
    response.rev = constant(version_rev);
    reply(&response, call);
}

void reply_app_info(struct rpc_call *call, struct td *td, bool everything, Dstack__AppInfo *response)
{
    const struct td_view *view = td_view(td);

    response->app_id = rpc_bytes(td->app_id, sizeof td->app_id);
    response->instance_id = rpc_bytes(td->instance_id, sizeof td->instance_id);
    response->app_cert = rpc_text(call, &view->app_cert);
    response->app_name = td->app.name;
    response->device_id = rpc_bytes(td->platform.device_id, sizeof td->platform.device_id);
    response->mr_aggregated = rpc_bytes(view->mr_aggregated, sizeof view->mr_aggregated);
    response->os_image_hash = rpc_bytes(td->os_image_hash, sizeof td->os_image_hash);
    response->key_provider_info = rpc_text(call, &td->key_provider_info);
    response->compose_hash = rpc_bytes(td->app.compose_hash, sizeof td->app.compose_hash);
    response->cloud_vendor = td->machine.cloud_vendor;
    response->cloud_product = td->machine.cloud_product;
    if (everything) {
        response->tcb_info = rpc_text(call, &view->tcb_info);
        response->vm_config = rpc_text(call, &td->vm_config);
    }
}

void reply_quote(struct rpc_call *call, struct td *td, const uint8_t report_data[static REPORT_DATA_BYTES],
                 Dstack__GetQuoteResponse *response)
{
    const struct td_view *view = td_view(td);
    struct span quote = td_quote(td, report_data, call->arena);
    struct span attestation = attestation_msgpack(&view->attestation, quote, report_data, call->arena);

    response->quote = rpc_bytes(quote.data, quote.len);
    response->event_log = rpc_text(call, &view->event_log);
    response->report_data = rpc_bytes(report_data, REPORT_DATA_BYTES);
    response->vm_config = rpc_text(call, &td->vm_config);
    response->attestation = rpc_bytes(attestation.data, attestation.len);
}

char *reply_private_key(struct rpc_call *call, const struct p256_key *key)
{
    uint8_t pkcs8[X509_PKCS8_BYTES];
    char *pem = arena_zalloc(call->arena, pem_chars("PRIVATE KEY", sizeof pkcs8) + 1);

    x509_write_pkcs8(key, pkcs8);
    pem_encode("PRIVATE KEY", pkcs8, sizeof pkcs8, pem);
    bytes_wipe(pkcs8, sizeof pkcs8);
    return pem;
}

int reply_tls_key(struct rpc_call *call, struct td *td, const struct app_cert_request *request,
                  const struct p256_key *key, Dstack__GetTlsKeyResponse *response)
{
    char **chain = arena_alloc(call->arena, 2 * sizeof *chain);

    if (app_cert_issue(td, request, key, call->arena, &chain[0], &call->error))
        return -1;
    chain[1] = td->keys.ca_cert;
    response->key = reply_private_key(call, key);
    response->certificate_chain = chain;
    response->n_certificate_chain = 2;
    return 0;
}

void reply_signature_chain(struct rpc_call *call, const struct td *td, const struct app_key *key,
                           size_t *count, ProtobufCBinaryData **chain)
{
    *count = 2;
    *chain = arena_alloc(call->arena, 2 * sizeof **chain);
    (*chain)[0] = rpc_bytes(key->signature, sizeof key->signature);
    (*chain)[1] = rpc_bytes(td->keys.k256_signature, sizeof td->keys.k256_signature);
}
