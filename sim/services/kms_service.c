#include "sim/services/service.h"

#include "proto/kms.pb-c.h"
#include "sim/services/reply.h"

typedef Dstack__KMS_Service Service;

static void kms_service_get_meta(Service *service, const Dstack__Empty *args,
                                 Dstack__GetMetaResponse_Closure reply, void *call)
{
    Dstack__GetMetaResponse response = DSTACK__GET_META_RESPONSE__INIT;
    Dstack__BootstrapInfo bootstrap = DSTACK__BOOTSTRAP_INFO__INIT;
    const struct kms *kms = &service_site(call)->cluster->kms;
    uint8_t spki[X509_SPKI_BYTES];

    x509_key_spki(kms->ca.key.public_key, spki);
    bootstrap.ca_pubkey = call_bytes(spki, sizeof spki);
    bootstrap.k256_pubkey = call_bytes(kms->root_public, sizeof kms->root_public);
    response.ca_cert = kms->ca.pem;
    response.k256_pubkey = bootstrap.k256_pubkey;
    response.bootstrap_info = &bootstrap;
    response.is_dev = true;
    reply(&response, call);
}

static void kms_service_get_app_env_encrypt_pub_key(Service *service, const Dstack__AppId *args,
                                                    Dstack__PublicKeyResponse_Closure reply, void *call)
{
    reply_env_key(call, args, reply);
}

static void kms_service_get_temp_ca_cert(Service *service, const Dstack__Empty *args,
                                         Dstack__GetTempCaCertResponse_Closure reply, void *data)
{
    Dstack__GetTempCaCertResponse response = DSTACK__GET_TEMP_CA_CERT_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct kms *kms = &service_site(data)->cluster->kms;

    response.temp_ca_cert = kms->temp_ca.pem;
    response.temp_ca_key = reply_private_key(call, &kms->temp_ca.key);
    response.ca_cert = kms->ca.pem;
    reply(&response, call);
}

static const Service methods = DSTACK__KMS__INIT(kms_service_);

const struct service kms_service = {
    .name = "kms",
    .summary = "The KMS of the simulated cluster: its roots, and the keys that environments are encrypted to",
    .methods = &methods.base,
};
