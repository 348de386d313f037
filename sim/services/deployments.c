#include "sim/services/deployments.h"

#include "proto/dashboard.pb-c.h"
#include "sim/services/vmm_messages.h"

typedef Dstack__Deployments_Service Service;

static char *uptime_of(const struct vm *vm, struct arena *arena)
{
    char text[64];

    vm_duration(vm->started_millis, vmm_state_millis(vm->vmm), text, sizeof text);
    return arena_copy(arena, text, strlen(text));
}

/* The last one that it was told to be served at, since a start brings a new port. */
static char *url_of(const struct vm *vm)
{
    for (size_t i = vm->event_count; i-- > 0;)
        if (strcmp(vm->events[i].name, VM_EVENT_URL) == 0)
            return vm->events[i].body;
    return unconst("");
}

static Dstack__Deployment *describe(const struct vm *vm, const char *socket_dir, struct arena *arena)
{
    Dstack__Deployment *described = arena_alloc(arena, sizeof *described);

    *described = (Dstack__Deployment)DSTACK__DEPLOYMENT__INIT;
    described->id = unconst(vm->id);
    described->name = unconst(vm->settings.name);
    described->status = unconst(vm_status_name(vm_status_of(vm)));
    described->uptime = uptime_of(vm, arena);
    described->app_id = unconst(vm->app_id);
    described->instance_id = unconst(vm->instance_id);
    described->image = unconst(vm->settings.image);
    described->boot_progress = unconst(vm->boot_progress);
    described->boot_error = unconst(vm->boot_error);
    described->is_first = vm->is_first;
    if (socket_dir && !vm->is_first)
        described->socket = arena_printf(arena, "%s/vms/%s/dstack.sock", socket_dir, vm->id);
    if (vm->td)
        described->url = url_of(vm);
    return described;
}

static void deployments_list(Service *service, const Dstack__DeploymentListArgs *args,
                             Dstack__DeploymentList_Closure reply, void *data)
{
    Dstack__DeploymentList response = DSTACK__DEPLOYMENT_LIST__INIT;
    struct rpc_call *call = data;
    const struct site *site = service_site(call);

    response.count = (uint32_t)site->vmm->count;
    response.deployments = arena_alloc(call->arena, DEPLOYMENTS_LISTED_MAX * sizeof *response.deployments);
    for (const struct vm *vm = site->vmm->first; vm; vm = vm->next) {
        response.running += vm_status_of(vm) == VM_RUNNING && !vm->boot_error[0];
        if (!vmm_messages_has(vm, args->keyword))
            continue;
        if (response.total++ < DEPLOYMENTS_LISTED_MAX)
            response.deployments[response.n_deployments++] = describe(vm, site->socket_dir, call->arena);
    }
    reply(&response, call);
}

static const Service methods = DSTACK__DEPLOYMENTS__INIT(deployments_);

const struct service deployments_service = {
    .methods = &methods.base,
    .is_control = true,
    .is_background = true,
};
