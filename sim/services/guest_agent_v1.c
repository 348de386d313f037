#include "sim/services/guest_agent_v1.h"

#include "proto/dstack_guest_v1.pb-c.h"
#include "sim/base/nul_text.h"
#include "sim/keys/domain_key.h"
#include "sim/services/reply.h"
#include "sim/services/reply_v1.h"

#define NONCE_BYTES 32
#define GPU_VENDOR "nvidia"
#define GPU_FORMAT_BOOT "nvidia-nvattest-boottime-json-v1"

typedef Dstack__Guest__V1__DstackGuest_Service Service;

static void guest_agent_v1_issue_cert(Service *service, const Dstack__Guest__V1__IssueCertRequest *request,
                                      Dstack__Guest__V1__IssueCertResponse_Closure reply, void *call)
{
    Dstack__Guest__V1__IssueCertResponse response = DSTACK__GUEST__V1__ISSUE_CERT_RESPONSE__INIT;
    const struct app_cert_request asked = REPLY_CERT_REQUEST(request);
    struct reply_cert cert;
    struct p256_key key;
    int failed;

    p256_key_generate(&key);
    failed = reply_issue_cert(call, service_site(call)->td, &asked, &key, &cert);
    bytes_wipe(&key, sizeof key);
    if (failed) {
        reply(NULL, call);
        return;
    }
    response.key = cert.key;
    response.certificate_chain = cert.chain;
    response.n_certificate_chain = cert.chain_len;
    reply(&response, call);
}

static void guest_agent_v1_get_key(Service *service, const Dstack__Guest__V1__GetKeyRequest *request,
                                   Dstack__Guest__V1__GetKeyResponse_Closure reply, void *data)
{
    Dstack__Guest__V1__GetKeyResponse response = DSTACK__GUEST__V1__GET_KEY_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    struct span domain = nul_text_load(request->domain, call->arena);
    enum app_key_algorithm algorithm;
    struct app_key key;

    if (domain_key_algorithm(request->algorithm, &algorithm, &call->error) ||
        domain_key_get(&td->keyring, algorithm, domain, &key, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.key = call_bytes(key.private_key, sizeof key.private_key);
    response.public_key = call_bytes(key.public_key, key.public_key_len);
    reply_signature_chain(call, td, &key, &response.n_signature_chain, &response.signature_chain);
    reply(&response, call);
    bytes_wipe(&key, sizeof key);
}

/* What the GPUs' attestation at boot wrote, if the TD has any. */
static size_t list_boot_evidence(const struct td *td, Dstack__Guest__V1__GpuEvidenceBundle *bundle)
{
    *bundle = (Dstack__Guest__V1__GpuEvidenceBundle)DSTACK__GUEST__V1__GPU_EVIDENCE_BUNDLE__INIT;
    bundle->vendor = unconst(GPU_VENDOR);
    bundle->format = unconst(GPU_FORMAT_BOOT);
    bundle->evidence = call_bytes(td->gpu_info.plain, td->gpu_info.len);
    return td->gpu_info.len ? 1 : 0;
}

static void guest_agent_v1_attest(Service *service, const Dstack__Guest__V1__AttestRequest *request,
                                  Dstack__Guest__V1__AttestResponse_Closure reply, void *data)
{
    Dstack__Guest__V1__AttestResponse response = DSTACK__GUEST__V1__ATTEST_RESPONSE__INIT;
    Dstack__Guest__V1__GpuEvidenceBundle bundle, *bundles = &bundle;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    uint8_t report_data[REPORT_DATA_BYTES];
    struct span attestation;

    if (report_data_pad(call_span(request->report_data), report_data, &call->error)) {
        reply(NULL, call);
        return;
    }
    attestation = td_attestation(td, TD_ATTESTATION_MSGPACK, report_data, call->arena, NULL);
    response.attestation = call_bytes(attestation.data, attestation.len);
    if (request->include_boottime_gpu_evidence) {
        response.boottime_gpu_evidence = &bundles;
        response.n_boottime_gpu_evidence = list_boot_evidence(td, &bundle);
    }
    reply(&response, call);
}

/* There is no GPU that could answer. */
static void guest_agent_v1_attest_gpu(Service *service, const Dstack__Guest__V1__AttestGpuRequest *request,
                                      Dstack__Guest__V1__AttestGpuResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;

    if (request->nonce.len != NONCE_BYTES)
        error_input(&call->error, "nonce must be exactly %d bytes, got %zu", NONCE_BYTES, request->nonce.len);
    else
        error_unavailable(&call->error, "GPU attestation is not available in this image");
    reply(NULL, call);
}

static void guest_agent_v1_info(Service *service, const Dstack__Guest__V1__InfoRequest *request,
                                Dstack__Guest__V1__InfoResponse_Closure reply, void *call)
{
    reply_v1_info(service_site(call)->td, true, reply, call);
}

static void guest_agent_v1_version(Service *service, const Dstack__Guest__V1__VersionRequest *request,
                                   Dstack__Guest__V1__VersionResponse_Closure reply, void *call)
{
    reply_v1_version(reply, call);
}

static const Service methods = DSTACK__GUEST__V1__DSTACK_GUEST__INIT(guest_agent_v1_);
static const struct router_mount mounts[] = {{.directory = "/v1/"}, {.directory = NULL}};

const struct service guest_agent_v1_service = {
    .methods = &methods.base,
    .is_of_td = true,
    .mounts = mounts,
};
