#include "sim/services/service.h"

#include "crypto/random.h"
#include "proto/tappd.pb-c.h"
#include "sim/keys/derive.h"
#include "sim/keys/signing.h"
#include "sim/services/reply.h"

#define DEFAULT_ALGORITHM "sha512"
#define DEFAULT_PREFIX "app-data"
#define RAW "raw"

typedef Dstack__Tappd_Service Service;

/* The P-256 key for the path, derived from the app key or from random bytes. */
static int derive_tls_key(const struct td *td, const Dstack__DeriveKeyArgs *args, struct p256_key *key,
                          struct error *error)
{
    const struct bytes path = {args->path, strlen(args->path)};
    uint8_t root[32], scalar[32];
    int result;

    memcpy(root, td->keys.k256_key, sizeof root);
    if (args->random_seed)
        random_bytes(root, sizeof root);
    derive_key(root, &path, 1, scalar);
    result = p256_key_from_scalar(key, scalar);
    bytes_wipe(root, sizeof root);
    bytes_wipe(scalar, sizeof scalar);
    return result ? error_input(error, "this path does not yield a valid key; choose another") : 0;
}

static void tappd_derive_key(Service *service, const Dstack__DeriveKeyArgs *args,
                             Dstack__GetTlsKeyResponse_Closure reply, void *data)
{
    Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    const struct app_cert_request request = {
        .subject = args->subject,
        .alt_names = args->alt_names,
        .alt_name_count = args->n_alt_names,
        .ra_tls = args->usage_ra_tls,
        .server_auth = args->usage_server_auth,
        .client_auth = args->usage_client_auth,
    };
    struct p256_key key;
    int failed =
        derive_tls_key(td, args, &key, &call->error) || reply_tls_key(call, td, &request, &key, &response);

    reply(failed ? NULL : &response, call);
    bytes_wipe(&key, sizeof key);
}

static void tappd_derive_k256_key(Service *service, const Dstack__GetKeyArgs *args,
                                  Dstack__DeriveK256KeyResponse_Closure reply, void *data)
{
    Dstack__DeriveK256KeyResponse response = DSTACK__DERIVE_K256_KEY_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct td *td = service_site(data)->td;
    struct app_key key;

    if (signing_path_key(&td->keyring, args->algorithm, args->path, args->purpose, &key, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.k256_key = call_bytes(key.private_key, sizeof key.private_key);
    reply_signature_chain(call, td, &key, &response.n_k256_signature_chain, &response.k256_signature_chain);
    reply(&response, call);
    bytes_wipe(&key, sizeof key);
}

static void reply_tdx_quote(const struct td *td, const char *algorithm, const char *prefix,
                            struct span report_data, Dstack__TdxQuoteResponse_Closure reply,
                            struct rpc_call *call)
{
    Dstack__TdxQuoteResponse response = DSTACK__TDX_QUOTE_RESPONSE__INIT;
    uint8_t hashed[REPORT_DATA_BYTES];
    struct span quote;

    if (report_data_hash(algorithm, prefix, report_data, hashed, &call->error)) {
        reply(NULL, call);
        return;
    }
    quote = td_quote(td, hashed, call->arena);
    response.quote = call_bytes(quote.data, quote.len);
    response.event_log = call_text(call, td_event_log(td));
    response.hash_algorithm = unconst(algorithm);
    response.prefix = unconst(prefix);
    reply(&response, call);
}

static void tappd_tdx_quote(Service *service, const Dstack__TdxQuoteArgs *args,
                            Dstack__TdxQuoteResponse_Closure reply, void *call)
{
    const char *algorithm = *args->hash_algorithm ? args->hash_algorithm : DEFAULT_ALGORITHM;
    const char *prefix = *args->prefix ? args->prefix : DEFAULT_PREFIX;

    reply_tdx_quote(service_site(call)->td, algorithm, strcmp(algorithm, RAW) == 0 ? "" : prefix,
                    call_span(args->report_data), reply, call);
}

static void tappd_raw_quote(Service *service, const Dstack__RawQuoteArgs *args,
                            Dstack__TdxQuoteResponse_Closure reply, void *call)
{
    reply_tdx_quote(service_site(call)->td, RAW, "", call_span(args->report_data), reply, call);
}

static void tappd_info(Service *service, const Dstack__Empty *args, Dstack__AppInfo_Closure reply, void *call)
{
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;

    reply(reply_app_info(call, service_site(call)->td, true, &response) ? NULL : &response, call);
}

static void tappd_version(Service *service, const Dstack__Empty *args, Dstack__VersionResponse_Closure reply,
                          void *call)
{
    reply_version(reply, call);
}

static const Service methods = DSTACK__TAPPD__INIT(tappd_);

const struct service tappd_service = {
    .name = "tappd",
    .summary = "The guest agent's older API, from dstack 0.3",
    .owns_short_paths = true,
    .methods = &methods.base,
    .is_of_td = true,
    .is_in_vms = true,
};
