#include "sim/services/reply_v1.h"

#include "sim/base/version.h"

void reply_v1_version(Dstack__Guest__V1__VersionResponse_Closure reply, void *call)
{
    Dstack__Guest__V1__VersionResponse response = DSTACK__GUEST__V1__VERSION_RESPONSE__INIT;

    response.version = unconst(version_number);
    response.rev = unconst(version_rev);
    reply(&response, call);
}

void reply_v1_info(const struct td *td, bool with_documents, Dstack__Guest__V1__InfoResponse_Closure reply,
                   void *data)
{
    Dstack__Guest__V1__InfoResponse response = DSTACK__GUEST__V1__INFO_RESPONSE__INIT;
    const struct identity *identity = &td->identity;
    struct rpc_call *call = data;

    response.app_id = call_bytes(identity->app_id, sizeof identity->app_id);
    response.app_name = td->app.says.name;
    response.compose_hash = call_bytes(identity->compose_hash, sizeof identity->compose_hash);
    response.instance_id = call_bytes(identity->instance_id, identity->instance_id_len);
    response.device_id = call_bytes(identity->device_id, sizeof identity->device_id);
    response.os_image_hash = call_bytes(identity->os_image_hash, sizeof identity->os_image_hash);
    response.mr_aggregated = call_bytes(td_aggregate(td), REGISTERS_AGGREGATE_BYTES);
    response.cloud_vendor = unconst(td->machine.cloud_vendor);
    response.cloud_product = unconst(td->machine.cloud_product);
    if (with_documents) {
        response.app_compose = td->app.compose;
        response.vm_config = call_text(call, &identity->vm_config);
        response.key_provider_info = call_text(call, &identity->key_provider_info);
    }
    reply(&response, call);
}
