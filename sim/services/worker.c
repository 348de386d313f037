#include "sim/services/service.h"

#include "crypto/base64.h"
#include "proto/worker.pb-c.h"
#include "sim/keys/signing.h"
#include "sim/pages/logs.h"
#include "sim/pages/metrics.h"
#include "sim/pages/web_pages.h"
#include "sim/services/dashboard.h"
#include "sim/services/reply.h"
#include "sim/services/worker_v1.h"

typedef Dstack__Worker_Service Service;

static void worker_info(Service *service, const Dstack__Empty *args, Dstack__AppInfo_Closure reply,
                        void *call)
{
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;
    const struct td *td = service_site(call)->td;

    reply(reply_app_info(call, td, td->app.says.public_tcbinfo, &response) ? NULL : &response, call);
}

static void worker_version(Service *service, const Dstack__Empty *args, Dstack__VersionResponse_Closure reply,
                           void *call)
{
    reply_version(reply, call);
}

/* "dip1::<kind>-pk:<base64url of the key>", padded with zeros. */
static void bind_public_key(const struct app_key *key, uint8_t report_data[static REPORT_DATA_BYTES])
{
    static const char ed25519[] = "dip1::ed25519-pk:";
    static const char secp256k1[] = "dip1::secp256k1c-pk:";
    bool is_ed25519 = key->public_key_len == 32;
    size_t prefix_len = is_ed25519 ? sizeof ed25519 - 1 : sizeof secp256k1 - 1;

    memset(report_data, 0, REPORT_DATA_BYTES);
    memcpy(report_data, is_ed25519 ? ed25519 : secp256k1, prefix_len);
    base64_url_encode(key->public_key, key->public_key_len, (char *)report_data + prefix_len);
}

static void worker_get_attestation_for_app_key(Service *service,
                                               const Dstack__GetAttestationForAppKeyArgs *args,
                                               Dstack__GetQuoteResponse_Closure reply, void *data)
{
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    enum signing_algorithm algorithm;
    uint8_t report_data[REPORT_DATA_BYTES];
    struct app_key key;

    if (signing_algorithm_by_name(args->algorithm, &algorithm, &call->error) ||
        signing_app_key(&td->keyring, algorithm, &key, &call->error)) {
        reply(NULL, call);
        return;
    }
    bind_public_key(&key, report_data);
    bytes_wipe(&key, sizeof key);
    reply_quote(call, td, report_data, &response);
    reply(&response, call);
}

static const Service methods = DSTACK__WORKER__INIT(worker_);
static const struct router_mount mounts[] = {
    ROUTER_MOUNT_PRPC,
    {.directory = "/prpc/v0/", .has_service_names = true},
    {.directory = NULL},
};
static service_pages *const pages[] = {logs_add, web_pages_add, metrics_add, NULL};
static const struct service *const companions[] = {&worker_v1_service, &dashboard_service, NULL};

const struct service worker_service = {
    .name = "worker",
    .summary = "What a TD shows to the public: identity, attested signing key, container logs",
    .methods = &methods.base,
    .is_of_td = true,
    .mounts = mounts,
    .pages = pages,
    .companions = companions,
};
