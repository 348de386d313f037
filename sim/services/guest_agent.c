#include "sim/services/service.h"

#include "proto/dstack_guest.pb-c.h"
#include "sim/keys/signing.h"
#include "sim/services/guest_agent_v1.h"
#include "sim/services/reply.h"

typedef Dstack__DstackGuest_Service Service;

static void guest_agent_get_tls_key(Service *service, const Dstack__GetTlsKeyArgs *args,
                                    Dstack__GetTlsKeyResponse_Closure reply, void *call)
{
    Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;
    const struct app_cert_request request = REPLY_CERT_REQUEST(args);
    struct p256_key key;

    p256_key_generate(&key);
    reply(reply_tls_key(call, service_site(call)->td, &request, &key, &response) ? NULL : &response, call);
    bytes_wipe(&key, sizeof key);
}

static void guest_agent_get_key(Service *service, const Dstack__GetKeyArgs *args,
                                Dstack__GetKeyResponse_Closure reply, void *data)
{
    Dstack__GetKeyResponse response = DSTACK__GET_KEY_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    struct app_key key;

    if (signing_path_key(&td->keyring, args->algorithm, args->path, args->purpose, &key, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.key = call_bytes(key.private_key, sizeof key.private_key);
    reply_signature_chain(call, td, &key, &response.n_signature_chain, &response.signature_chain);
    reply(&response, call);
    bytes_wipe(&key, sizeof key);
}

static void guest_agent_get_quote(Service *service, const Dstack__RawQuoteArgs *args,
                                  Dstack__GetQuoteResponse_Closure reply, void *data)
{
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;
    struct rpc_call *call = data;
    uint8_t report_data[REPORT_DATA_BYTES];

    if (report_data_pad(call_span(args->report_data), report_data, &call->error)) {
        reply(NULL, call);
        return;
    }
    reply_quote(call, service_site(data)->td, report_data, &response);
    reply(&response, call);
}

static void guest_agent_attest(Service *service, const Dstack__RawQuoteArgs *args,
                               Dstack__AttestResponse_Closure reply, void *data)
{
    Dstack__AttestResponse response = DSTACK__ATTEST_RESPONSE__INIT;
    struct rpc_call *call = data;
    uint8_t report_data[REPORT_DATA_BYTES];
    struct span attestation;

    if (report_data_pad(call_span(args->report_data), report_data, &call->error)) {
        reply(NULL, call);
        return;
    }
    attestation =
        td_attestation(service_site(data)->td, TD_ATTESTATION_WHOLE, report_data, call->arena, NULL);
    response.attestation = call_bytes(attestation.data, attestation.len);
    reply(&response, call);
}

static void guest_agent_emit_event(Service *service, const Dstack__EmitEventArgs *args,
                                   Dstack__Empty_Closure reply, void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;
    int failed = td_emit_event(service_site(data)->td, args->event, call_span(args->payload), &call->error);

    reply(failed ? NULL : &response, call);
}

static void guest_agent_info(Service *service, const Dstack__Empty *args, Dstack__AppInfo_Closure reply,
                             void *call)
{
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;

    reply(reply_app_info(call, service_site(call)->td, true, &response) ? NULL : &response, call);
}

static void guest_agent_gpu_info(Service *service, const Dstack__Empty *args,
                                 Dstack__GpuInfoResponse_Closure reply, void *call)
{
    Dstack__GpuInfoResponse response = DSTACK__GPU_INFO_RESPONSE__INIT;

    response.attestation = call_text(call, &service_site(call)->td->gpu_info);
    reply(&response, call);
}

static void guest_agent_sign(Service *service, const Dstack__SignArgs *args,
                             Dstack__SignResponse_Closure reply, void *data)
{
    Dstack__SignResponse response = DSTACK__SIGN_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    enum signing_algorithm algorithm;
    struct app_key key;
    uint8_t signature[64];
    ProtobufCBinaryData chain[3];
    ProtobufCBinaryData *key_chain;
    size_t key_chain_count;

    if (signing_algorithm_by_name(args->algorithm, &algorithm, &call->error) ||
        signing_app_key(&td->keyring, algorithm, &key, &call->error) ||
        signing_sign(td->keyring.k256, algorithm, &key, call_span(args->data), signature, &call->error)) {
        bytes_wipe(&key, sizeof key);
        reply(NULL, call);
        return;
    }
    reply_signature_chain(call, td, &key, &key_chain_count, &key_chain);
    response.signature = chain[0] = call_bytes(signature, sizeof signature);
    memcpy(&chain[1], key_chain, key_chain_count * sizeof *key_chain);
    response.signature_chain = chain;
    response.n_signature_chain = 1 + key_chain_count;
    response.public_key = call_bytes(key.public_key, key.public_key_len);
    reply(&response, call);
    bytes_wipe(&key, sizeof key);
}

static void guest_agent_verify(Service *service, const Dstack__VerifyArgs *args,
                               Dstack__VerifyResponse_Closure reply, void *data)
{
    Dstack__VerifyResponse response = DSTACK__VERIFY_RESPONSE__INIT;
    struct rpc_call *call = data;
    enum signing_algorithm algorithm;
    bool valid = false;

    if (signing_algorithm_by_name(args->algorithm, &algorithm, &call->error) ||
        signing_verify(service_site(data)->td->keyring.k256, algorithm, call_span(args->data),
                       call_span(args->signature), call_span(args->public_key), &valid, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.valid = valid;
    reply(&response, call);
}

static void guest_agent_version(Service *service, const Dstack__Empty *args,
                                Dstack__VersionResponse_Closure reply, void *call)
{
    reply_version(reply, call);
}

static const Service methods = DSTACK__DSTACK_GUEST__INIT(guest_agent_);
static const struct router_mount mounts[] = {
    ROUTER_MOUNT_PRPC_EXTRA,
    {.directory = "/"},
    {.directory = "/v0/"},
    {.directory = NULL},
};

static const struct service *const companions[] = {&guest_agent_v1_service, NULL};

const struct service guest_agent_service = {
    .name = "dstack",
    .summary = "The guest agent's API for apps: keys, certificates, quotes, events, signatures",
    .mounts = mounts,
    .companions = companions,
    .methods = &methods.base,
    .is_of_td = true,
    .is_in_vms = true,
};
