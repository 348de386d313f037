#include "sim/services/host_api.h"

#include "proto/host_api.pb-c.h"
#include "sim/base/version.h"
#include "sim/vmm/vmm.h"

#define POWERING_OFF "powering off" /* a guest's last word */

typedef Dstack__HostApi_Service Service;

static void host_api_info(Service *service, const Dstack__Empty *args, Dstack__HostInfo_Closure reply,
                          void *call)
{
    Dstack__HostInfo response = DSTACK__HOST_INFO__INIT;

    response.name = unconst("dstack VMM");
    response.version = unconst(version_number);
    reply(&response, call);
}

static int record(struct vm *vm, const Dstack__Notification *args, struct error *error)
{
    if (strlen(args->event) >= VM_EVENT_NAME_BYTES)
        return error_input(error, "event has %zu bytes; at most %d are allowed", strlen(args->event),
                           VM_EVENT_NAME_BYTES - 1);
    vmm_notify(vm, args->event, args->payload);
    if (strcmp(args->event, "shutdown.progress") == 0 && strcmp(args->payload, POWERING_OFF) == 0)
        return vmm_stop(vm, error);
    return 0;
}

static void host_api_notify(Service *service, const Dstack__Notification *args, Dstack__Empty_Closure reply,
                            void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;

    reply(record(service_site(data)->vm, args, &call->error) ? NULL : &response, call);
}

static void host_api_get_sealing_key(Service *service, const Dstack__GetSealingKeyRequest *args,
                                     Dstack__GetSealingKeyResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;

    error_input(&call->error, "no key provider is running: there is no SGX enclave to seal a key. The "
                              "simulator's own TDs have keys of the provider that their app names");
    reply(NULL, call);
}

static const Service methods = DSTACK__HOST_API__INIT(host_api_);
static const struct router_mount mounts[] = {{.directory = HOST_API_DIRECTORY}, {.directory = NULL}};

const struct service host_api_service = {.methods = &methods.base, .mounts = mounts, .is_lenient = true};
