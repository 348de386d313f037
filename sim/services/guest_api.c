#include "sim/services/guest_api.h"

#include "sim/rpc/call.h"
#include "sim/services/version.h"

static void guest_api_info(Dstack__GuestApi_Service *service, const Dstack__Empty *args,
                           Dstack__GuestInfo_Closure reply, void *call)
{
    Dstack__GuestInfo response = DSTACK__GUEST_INFO__INIT;
    struct td *td = ((struct guest_api *)service)->td;
    const struct td_view *view = td_view(td);

    (void)args;
    response.version = (char *)(uintptr_t)version_number;
    response.app_id = rpc_bytes(td->app_id, sizeof td->app_id);
    response.instance_id = rpc_bytes(td->instance_id, sizeof td->instance_id);
    response.app_cert = rpc_text(call, &view->app_cert);
    response.tcb_info = rpc_text(call, &view->tcb_info);
    response.device_id = rpc_bytes(td->platform.device_id, sizeof td->platform.device_id);
    reply(&response, call);
}

void guest_api_init(struct guest_api *api, struct td *td)
{
    api->service = (Dstack__GuestApi_Service)DSTACK__GUEST_API__INIT(guest_api_);
    api->td = td;
}
