#include "sim/services/guest_proxy.h"

#include "proto/vmm.pb-c.h"
#include "sim/services/guest_api.h"
#include "sim/vmm/vmm.h"

typedef Dstack__GuestProxy_Service Service;

static const Dstack__Empty nothing = DSTACK__EMPTY__INIT;

/* The guest's own methods. Returns NULL with an error if the VM does not run. */
static Dstack__GuestApi_Service *guest_of(struct rpc_call *call, const Dstack__VmId *args)
{
    const struct vm *vm = vmm_find(service_site(call)->vmm, args->id, &call->error);
    struct site *site;

    if (!vm)
        return NULL;
    if (!vm->td || vm_status_of(vm) != VM_RUNNING) {
        error_input(&call->error, "the VM is not running: %s is %s", vm->id,
                    vm_status_name(vm_status_of(vm)));
        return NULL;
    }
    site = arena_alloc(call->arena, sizeof *site);
    *site = *service_site(call);
    site->td = vm->td;
    call->context = site;
    return unconst(guest_api_service.methods);
}

static void guest_proxy_info(Service *service, const Dstack__VmId *args, Dstack__GuestInfo_Closure reply,
                             void *call)
{
    Dstack__GuestApi_Service *guest = guest_of(call, args);

    if (guest)
        guest->info(guest, &nothing, reply, call);
    else
        reply(NULL, call);
}

static void guest_proxy_sys_info(Service *service, const Dstack__VmId *args, Dstack__SystemInfo_Closure reply,
                                 void *call)
{
    Dstack__GuestApi_Service *guest = guest_of(call, args);

    if (guest)
        guest->sys_info(guest, &nothing, reply, call);
    else
        reply(NULL, call);
}

static void guest_proxy_network_info(Service *service, const Dstack__VmId *args,
                                     Dstack__NetworkInformation_Closure reply, void *call)
{
    Dstack__GuestApi_Service *guest = guest_of(call, args);

    if (guest)
        guest->network_info(guest, &nothing, reply, call);
    else
        reply(NULL, call);
}

static void guest_proxy_list_containers(Service *service, const Dstack__VmId *args,
                                        Dstack__ListContainersResponse_Closure reply, void *call)
{
    Dstack__GuestApi_Service *guest = guest_of(call, args);

    if (guest)
        guest->list_containers(guest, &nothing, reply, call);
    else
        reply(NULL, call);
}

static void guest_proxy_shutdown(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                 void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;
    struct vm *vm = vmm_find(service_site(call)->vmm, args->id, &call->error);

    reply(vm && vmm_shut_down(vm, &call->error) == 0 ? &response : NULL, call);
}

static const Service methods = DSTACK__GUEST_PROXY__INIT(guest_proxy_);
static const struct router_mount mounts[] = {{.directory = "/guest/"}, {.directory = NULL}};

const struct service guest_proxy_service = {.methods = &methods.base, .mounts = mounts, .is_lenient = true};
