#include "sim/services/service.h"

#include "crypto/x25519.h"
#include "proto/kms.pb-c.h"
#include "sim/keys/kms_secrets.h"
#include "sim/kms/kms_certify.h"
#include "sim/services/kms_inquiry.h"
#include "sim/services/reply.h"

#define API_VERSION_MAX 1 /* of GetAppKey */

typedef Dstack__KMS_Service Service;

/* --- who calls --- */

/* On a connection with TLS, the attestation in the client's certificate is verified before any method. */
static int identify(struct rpc_call *call, struct kms_gate *gate)
{
    *gate = (struct kms_gate){
        .server = service_site(call)->kms,
        .certificate = call->peer ? call->peer->certificate : SPAN_NONE,
        .arena = call->arena,
        .answers = kms_inquiry_answers(call),
    };
    return kms_gate_identify(gate, &call->error);
}

/* A call that fails because the webhook has to be asked is held until it has answered. */
static int refuse(struct rpc_call *call, const struct kms_gate *gate)
{
    kms_inquiry_hold(call, gate->server, gate->answers);
    return -1;
}

/* For a method that also other listeners have, where nothing is checked. */
static int check_listener(struct rpc_call *call)
{
    struct kms_gate gate;

    if (!call->peer)
        return 0;
    return identify(call, &gate) || kms_gate_self(&gate, &call->error) ? refuse(call, &gate) : 0;
}

/* For a method that hands out keys and certificates. */
static int enter(struct rpc_call *call, struct kms_gate *gate)
{
    if (!service_site(call)->kms)
        return error_input(&call->error, "no KMS that checks its callers runs here; start the simulator with "
                                         "--kms-listen");
    return identify(call, gate);
}

/* --- what everyone may know --- */

static void show_bootstrap(const struct rpc_call *call, const struct site *site, uint8_t *spki,
                           Dstack__BootstrapInfo *bootstrap)
{
    const struct kms *kms = &site->cluster->kms;

    x509_key_spki(kms->ca.key.public_key, spki);
    bootstrap->ca_pubkey = call_bytes(spki, X509_SPKI_BYTES);
    bootstrap->k256_pubkey = call_bytes(kms->root_public, sizeof kms->root_public);
    if (call->peer)
        bootstrap->attestation = call_bytes(site->kms->bootstrap, site->kms->bootstrap_len);
}

static int show_policy(struct rpc_call *call, const struct kms_gate *gate, Dstack__GetMetaResponse *response)
{
    struct kms_auth_info info;

    if (kms_policy_describe(&gate->server->policy, gate->answers, call->arena, &info, &call->error))
        return refuse(call, gate);
    response->is_dev = response->allow_any_upgrade = info.is_dev;
    response->has_gateway_app_id_case = DSTACK__GET_META_RESPONSE__HAS_GATEWAY_APP_ID_GATEWAY_APP_ID;
    response->gateway_app_id = unconst(info.gateway_app_id);
    if (info.is_dev)
        return 0;
    response->has_kms_contract_address_case =
        DSTACK__GET_META_RESPONSE__HAS_KMS_CONTRACT_ADDRESS_KMS_CONTRACT_ADDRESS;
    response->kms_contract_address = unconst(info.kms_contract);
    response->has_chain_id_case = DSTACK__GET_META_RESPONSE__HAS_CHAIN_ID_CHAIN_ID;
    response->chain_id = info.chain_id;
    response->has_app_auth_implementation_case =
        DSTACK__GET_META_RESPONSE__HAS_APP_AUTH_IMPLEMENTATION_APP_AUTH_IMPLEMENTATION;
    response->app_auth_implementation = unconst(info.app_implementation);
    return 0;
}

static void kms_service_get_meta(Service *service, const Dstack__Empty *args,
                                 Dstack__GetMetaResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    const struct site *site = service_site(call);
    Dstack__GetMetaResponse response;
    Dstack__BootstrapInfo bootstrap = DSTACK__BOOTSTRAP_INFO__INIT;
    uint8_t spki[X509_SPKI_BYTES];
    struct kms_gate gate;

    dstack__get_meta_response__init(&response); /* the macro lacks the braces of the unions */
    response.is_dev = true;
    if (call->peer && (identify(call, &gate) || show_policy(call, &gate, &response))) {
        reply(NULL, call);
        return;
    }
    show_bootstrap(call, site, spki, &bootstrap);
    response.ca_cert = site->cluster->kms.ca.pem;
    response.k256_pubkey = bootstrap.k256_pubkey;
    response.bootstrap_info = &bootstrap;
    reply(&response, call);
}

/* The key of kms_secrets.h, which TDs get here. Elsewhere the simulator's first form of it is answered, which
 * people hold; a TD has the secrets of both. */
static int find_env_key(struct rpc_call *call, ProtobufCBinaryData app_id, uint64_t now,
                        struct kms_env_key *key)
{
    const struct cluster *cluster = service_site(call)->cluster;
    uint8_t secret[32];

    if (check_listener(call))
        return -1;
    if (app_id.len != APP_ID_BYTES)
        return error_input(&call->error, "app_id must have %d bytes, not %zu", APP_ID_BYTES, app_id.len);
    if (kms_secrets_env_key(&cluster->kms, app_id.data, secret, &call->error))
        return -1;
    x25519_public_key(secret, key->public_key);
    bytes_wipe(secret, sizeof secret);
    return kms_sign_env_key(&cluster->kms, cluster->k256, app_id.data, now, key, &call->error);
}

static void kms_service_get_app_env_encrypt_pub_key(Service *service, const Dstack__AppId *args,
                                                    Dstack__PublicKeyResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;

    if (call->peer)
        reply_env_key_found(call, args, find_env_key, reply);
    else
        reply_env_key(call, args, reply);
}

static void kms_service_get_temp_ca_cert(Service *service, const Dstack__Empty *args,
                                         Dstack__GetTempCaCertResponse_Closure reply, void *data)
{
    Dstack__GetTempCaCertResponse response = DSTACK__GET_TEMP_CA_CERT_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct kms *kms = &service_site(data)->cluster->kms;

    if (check_listener(call)) {
        reply(NULL, call);
        return;
    }
    response.temp_ca_cert = kms->temp_ca.pem;
    response.temp_ca_key = reply_private_key(call, &kms->temp_ca.key);
    response.ca_cert = kms->ca.pem;
    reply(&response, call);
}

/* --- what is for attested callers --- */

struct app_secrets {
    uint8_t disk[32], env[32], k256[32];
    uint8_t k256_public[K256_PUBLIC_BYTES];
    uint8_t k256_signature[K256_RECOVERABLE_BYTES];
};

static int derive_app_key(struct rpc_call *call, const struct app_info *app, struct app_secrets *key)
{
    const struct cluster *cluster = service_site(call)->cluster;
    const struct kms *kms = &cluster->kms;

    return kms_secrets_disk_key(kms, app->app_id.data, app->instance_id, key->disk, &call->error) ||
                   kms_secrets_env_key(kms, app->app_id.data, key->env, &call->error) ||
                   kms_issue_app_key(kms, cluster->k256, app->app_id.data, key->k256, key->k256_public,
                                     key->k256_signature, &call->error)
               ? -1
               : 0;
}

static int admit_app(struct rpc_call *call, const Dstack__GetAppKeyRequest *args, struct kms_gate_pass *pass)
{
    struct kms_gate gate;

    if (enter(call, &gate))
        return -1;
    if (args->api_version > API_VERSION_MAX)
        return error_quote_number(&call->error, "Unsupported API version: ", args->api_version, "");
    if (kms_gate_self(&gate, &call->error))
        return refuse(call, &gate);
    if (kms_gate_admit(&gate, false, span_text(args->vm_config), pass, &call->error) == 0)
        return 0;
    error_context(&call->error, "App not allowed");
    return refuse(call, &gate);
}

static void kms_service_get_app_key(Service *service, const Dstack__GetAppKeyRequest *args,
                                    Dstack__AppKeyResponse_Closure reply, void *data)
{
    Dstack__AppKeyResponse response = DSTACK__APP_KEY_RESPONSE__INIT;
    struct rpc_call *call = data;
    struct kms_gate_pass pass;
    struct app_secrets key;

    if (admit_app(call, args, &pass) || derive_app_key(call, &pass.boot.app, &key)) {
        reply(NULL, call);
        return;
    }
    response.ca_cert = service_site(call)->cluster->kms.ca.pem;
    response.disk_crypt_key = call_bytes(key.disk, sizeof key.disk);
    response.env_crypt_key = call_bytes(key.env, sizeof key.env);
    response.k256_key = call_bytes(key.k256, sizeof key.k256);
    response.k256_signature = call_bytes(key.k256_signature, sizeof key.k256_signature);
    response.tproxy_app_id = response.gateway_app_id = unconst(pass.gateway_app_id);
    response.os_image_hash = call_bytes(pass.boot.app.os_image_hash.data, pass.boot.app.os_image_hash.len);
    reply(&response, call);
    bytes_wipe(&key, sizeof key);
}

static int admit_kms(struct rpc_call *call, const Dstack__GetKmsKeyRequest *args)
{
    struct kms_gate_pass pass;
    struct kms_gate gate;

    if (enter(call, &gate))
        return -1;
    return kms_gate_self(&gate, &call->error) ||
                   kms_gate_admit(&gate, true, span_text(args->vm_config), &pass, &call->error)
               ? refuse(call, &gate)
               : 0;
}

static void kms_service_get_kms_key(Service *service, const Dstack__GetKmsKeyRequest *args,
                                    Dstack__KmsKeyResponse_Closure reply, void *data)
{
    Dstack__KmsKeyResponse response = DSTACK__KMS_KEY_RESPONSE__INIT;
    Dstack__KmsKeys keys = DSTACK__KMS_KEYS__INIT, *list = &keys;
    struct rpc_call *call = data;
    const struct kms *kms = &service_site(call)->cluster->kms;

    if (admit_kms(call, args)) {
        reply(NULL, call);
        return;
    }
    keys.ca_key = reply_private_key(call, &kms->ca.key);
    keys.k256_key = call_bytes(kms->root_key, sizeof kms->root_key);
    response.temp_ca_key = reply_private_key(call, &kms->temp_ca.key);
    response.keys = &list;
    response.n_keys = 1;
    reply(&response, call);
}

static void kms_service_sign_cert(Service *service, const Dstack__SignCertRequest *args,
                                  Dstack__SignCertResponse_Closure reply, void *data)
{
    Dstack__SignCertResponse response = DSTACK__SIGN_CERT_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct kms_certify_request request = {
        .api_version = args->api_version,
        .csr = call_span(args->csr),
        .signature = call_span(args->signature),
        .vm_config = span_text(args->vm_config),
    };
    char *chain[KMS_CERTIFY_CHAIN];
    struct kms_gate gate;

    if (enter(call, &gate)) {
        reply(NULL, call);
        return;
    }
    if (kms_gate_self(&gate, &call->error) || kms_certify(&gate, &request, chain, &call->error)) {
        (void)refuse(call, &gate);
        reply(NULL, call);
        return;
    }
    response.certificate_chain = chain;
    response.n_certificate_chain = KMS_CERTIFY_CHAIN;
    reply(&response, call);
}

static const Service methods = DSTACK__KMS__INIT(kms_service_);

const struct service kms_service = {
    .name = "kms",
    .summary = "The KMS of the simulated cluster: its roots, the keys of apps, and certificates",
    .methods = &methods.base,
};
