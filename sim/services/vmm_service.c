#include "sim/services/service.h"

#include "sim/pages/vm_logs.h"
#include "sim/pages/web_pages.h"
#include "sim/services/dashboard.h"
#include "sim/services/deployments.h"
#include "sim/services/guest_proxy.h"
#include "sim/services/reply.h"
#include "sim/services/vmm_messages.h"
#include "sim/vmm/vm_url.h"
#include "sim/vmm/vmm_compose.h"

#define MAX_VCPUS 4096
#define MAX_MEMORY_MB (1024 * 1024)

typedef Dstack__Teepod_Service Service;

static struct vmm *vmm_of(const void *call)
{
    return service_site(call)->vmm;
}

static struct vm *find_vm(struct rpc_call *call, const char *id)
{
    return vmm_find(vmm_of(call), id, &call->error);
}

/* --- deploying --- */

static void vmm_service_create_vm(Service *service, const Dstack__VmConfiguration *args,
                                  Dstack__VmId_Closure reply, void *data)
{
    Dstack__VmId response = DSTACK__VM_ID__INIT;
    struct rpc_call *call = data;
    char *app_id = NULL;
    struct vm_settings settings;
    struct vm *vm = NULL;

    if (vmm_messages_read(args, call->arena, &settings, &call->error) == 0 &&
        (args->optional_app_id_case != DSTACK__VM_CONFIGURATION__OPTIONAL_APP_ID_APP_ID || !args->app_id[0] ||
         vmm_messages_app_id(args->app_id, call->arena, &app_id, &call->error) == 0))
        vm = vmm_create(vmm_of(call), &settings, app_id, args->stopped, &call->error);
    response.id = vm ? vm->id : response.id;
    reply(vm ? &response : NULL, call);
}

static char *new_compose_id(const char *compose, struct arena *arena)
{
    char *app_id = arena_alloc(arena, 2 * APP_ID_BYTES + 1);

    vmm_compose_app_id(span_text(compose), app_id);
    return app_id;
}

static void vmm_service_update_vm(Service *service, const Dstack__UpdateVmRequest *args,
                                  Dstack__VmId_Closure reply, void *data)
{
    Dstack__VmId response = DSTACK__VM_ID__INIT;
    struct rpc_call *call = data;
    struct vm *vm = find_vm(call, args->id);
    struct vm_settings settings;

    if (!vm) {
        reply(NULL, call);
        return;
    }
    settings = vm->settings;
    if ((args->compose_file[0] && vmm_compose_check(span_text(args->compose_file), &call->error)) ||
        vmm_messages_update(args, call->arena, &settings, &call->error) ||
        vmm_change(vm, &settings, &call->error)) {
        reply(NULL, call);
        return;
    }
    if (args->compose_file[0])
        response.id = new_compose_id(args->compose_file, call->arena);
    reply(&response, call);
}

static void vmm_service_upgrade_app(Service *service, const Dstack__UpdateVmRequest *args,
                                    Dstack__VmId_Closure reply, void *call)
{
    vmm_service_update_vm(service, args, reply, call);
}

static void vmm_service_resize_vm(Service *service, const Dstack__ResizeVmRequest *args,
                                  Dstack__Empty_Closure reply, void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;
    struct vm *vm = find_vm(call, args->id);
    struct vm_settings settings;

    if (!vm) {
        reply(NULL, call);
        return;
    }
    settings = vm->settings;
    if (args->optional_vcpu_case == DSTACK__RESIZE_VM_REQUEST__OPTIONAL_VCPU_VCPU)
        settings.vcpu = args->vcpu;
    if (args->optional_memory_case == DSTACK__RESIZE_VM_REQUEST__OPTIONAL_MEMORY_MEMORY)
        settings.memory_mb = args->memory;
    if (args->optional_disk_size_case == DSTACK__RESIZE_VM_REQUEST__OPTIONAL_DISK_SIZE_DISK_SIZE)
        settings.disk_gb = args->disk_size;
    if (args->optional_image_case == DSTACK__RESIZE_VM_REQUEST__OPTIONAL_IMAGE_IMAGE)
        settings.image = args->image;
    if (!args->optional_vcpu_case && !args->optional_memory_case && !args->optional_disk_size_case &&
        !args->optional_image_case)
        error_input(&call->error, "resize request contains no updates");
    reply(call->error.kind || vmm_change(vm, &settings, &call->error) ? NULL : &response, call);
}

static void vmm_service_get_compose_hash(Service *service, const Dstack__VmConfiguration *args,
                                         Dstack__ComposeHash_Closure reply, void *data)
{
    Dstack__ComposeHash response = DSTACK__COMPOSE_HASH__INIT;
    struct rpc_call *call = data;
    const struct span compose = span_text(args->compose_file);

    if (vmm_compose_check(compose, &call->error)) {
        reply(NULL, call);
        return;
    }
    response.hash = vmm_compose_hash(compose, call->arena);
    reply(&response, call);
}

/* --- running --- */

/* A method that does something to a VM. */
static void act(struct rpc_call *call, const Dstack__VmId *args,
                int (*action)(struct vm *vm, struct error *error), Dstack__Empty_Closure reply)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct vm *vm = find_vm(call, args->id);

    reply(vm && action(vm, &call->error) == 0 ? &response : NULL, call);
}

static void vmm_service_start_vm(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                 void *call)
{
    act(call, args, vmm_start, reply);
}

static void vmm_service_stop_vm(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                void *call)
{
    act(call, args, vmm_stop, reply);
}

static void vmm_service_shutdown_vm(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                    void *call)
{
    act(call, args, vmm_shut_down, reply);
}

static void vmm_service_remove_vm(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                  void *call)
{
    act(call, args, vmm_remove, reply);
}

/* --- showing --- */

static bool is_asked_for(const struct vm *vm, const Dstack__VmStatusRequest *args)
{
    bool is_listed = args->n_ids == 0;

    for (size_t i = 0; i < args->n_ids; i++)
        is_listed |= strcmp(args->ids[i], vm->id) == 0;
    return is_listed && vmm_messages_has(vm, args->keyword);
}

static bool is_on_page(const Dstack__VmStatusRequest *args, uint32_t index)
{
    return !args->page || !args->page_size || index / args->page_size == args->page - 1;
}

static void vmm_service_status(Service *service, const Dstack__VmStatusRequest *args,
                               Dstack__VmStatusResponse_Closure reply, void *data)
{
    Dstack__VmStatusResponse response = DSTACK__VM_STATUS_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct vmm *vmm = vmm_of(call);

    response.port_mapping_enabled = true;
    response.vms = arena_alloc(call->arena, (vmm->count + 1) * sizeof *response.vms);
    for (const struct vm *vm = vmm->first; vm; vm = vm->next)
        if (is_asked_for(vm, args) && is_on_page(args, response.total++))
            response.vms[response.n_vms++] = vmm_messages_describe(vm, args->brief, call->arena);
    reply(&response, call);
}

static void vmm_service_get_info(Service *service, const Dstack__VmId *args,
                                 Dstack__VmInfoResponse_Closure reply, void *data)
{
    Dstack__VmInfoResponse response = DSTACK__VM_INFO_RESPONSE__INIT;
    struct error error = {.kind = ERROR_NONE};
    struct rpc_call *call = data;
    const struct vm *vm = vmm_find(vmm_of(call), args->id, &error);

    response.found = vm != NULL;
    response.info = vm ? vmm_messages_describe(vm, false, call->arena) : NULL;
    reply(&response, call);
}

static void vmm_service_list_images(Service *service, const Dstack__Empty *args,
                                    Dstack__ImageListResponse_Closure reply, void *data)
{
    Dstack__ImageListResponse response = DSTACK__IMAGE_LIST_RESPONSE__INIT;
    struct rpc_call *call = data;
    size_t count = 0;

    for (const struct vm_image *image = vmm_of(call)->images; image; image = image->next)
        count++;
    response.images = arena_alloc(call->arena, (count + 1) * sizeof *response.images);
    for (const struct vm_image *image = vmm_of(call)->images; image; image = image->next) {
        Dstack__VmImage *described = arena_alloc(call->arena, sizeof *described);

        *described = (Dstack__VmImage)DSTACK__VM_IMAGE__INIT;
        described->name = unconst(image->name);
        described->description = image->description;
        described->version = unconst(image->image.version);
        described->is_dev = image->is_dev;
        response.images[response.n_images++] = described;
    }
    reply(&response, call);
}

static void vmm_service_version(Service *service, const Dstack__Empty *args,
                                Dstack__VersionResponse_Closure reply, void *call)
{
    reply_version(reply, call);
}

static void vmm_service_get_meta(Service *service, const Dstack__Empty *args, Dstack__VmmMeta_Closure reply,
                                 void *data)
{
    Dstack__VmmMeta response = DSTACK__VMM_META__INIT;
    Dstack__VmmKmsSettings kms = DSTACK__VMM_KMS_SETTINGS__INIT;
    Dstack__VmmGatewaySettings gateway = DSTACK__VMM_GATEWAY_SETTINGS__INIT;
    Dstack__VmmResources resources = DSTACK__VMM_RESOURCES__INIT;
    Dstack__VmmNetworkSettings networking = DSTACK__VMM_NETWORK_SETTINGS__INIT;
    char *urls[] = {service_site(data)->public_url ? unconst(service_site(data)->public_url) : unconst("")};
    char *modes[] = {unconst("user")};

    kms.url = urls[0];
    kms.urls = urls;
    kms.n_urls = 1;
    gateway.agent_port = VM_URL_AGENT_PORT;
    resources.max_cvm_number = VMM_VMS_MAX;
    resources.max_allocable_vcpu = MAX_VCPUS;
    resources.max_allocable_memory_in_mb = MAX_MEMORY_MB;
    networking.supported_modes = modes;
    networking.n_supported_modes = 1;
    networking.default_mode = modes[0];
    response.kms = &kms;
    response.gateway = &gateway;
    response.resources = &resources;
    response.networking = &networking;
    reply(&response, data);
}

static void vmm_service_get_app_env_encrypt_pub_key(Service *service, const Dstack__AppId *args,
                                                    Dstack__PublicKeyResponse_Closure reply, void *call)
{
    reply_env_key(call, args, reply);
}

/* --- what a laptop does not have --- */

static void vmm_service_list_gpus(Service *service, const Dstack__Empty *args,
                                  Dstack__GpuListResponse_Closure reply, void *call)
{
    Dstack__GpuListResponse response = DSTACK__GPU_LIST_RESPONSE__INIT;

    reply(&response, call);
}

static void vmm_service_reload_vms(Service *service, const Dstack__Empty *args,
                                   Dstack__ReloadVmsResponse_Closure reply, void *call)
{
    Dstack__ReloadVmsResponse response = DSTACK__RELOAD_VMS_RESPONSE__INIT;

    reply(&response, call);
}

static void vmm_service_list_registry_images(Service *service, const Dstack__Empty *args,
                                             Dstack__RegistryImageListResponse_Closure reply, void *call)
{
    Dstack__RegistryImageListResponse response = DSTACK__REGISTRY_IMAGE_LIST_RESPONSE__INIT;

    reply(&response, call);
}

static void vmm_service_pull_registry_image(Service *service, const Dstack__RegistryImageTag *args,
                                            Dstack__Empty_Closure reply, void *data)
{
    struct rpc_call *call = data;

    error_input(&call->error, "no image registry is configured: images come with the simulator");
    reply(NULL, call);
}

static void vmm_service_delete_image(Service *service, const Dstack__RegistryImageTag *args,
                                     Dstack__Empty_Closure reply, void *data)
{
    struct rpc_call *call = data;

    error_input(&call->error, "images belong to the options that the simulator was started with");
    reply(NULL, call);
}

/* --- processes --- */

static void vmm_service_sv_list(Service *service, const Dstack__Empty *args,
                                Dstack__SvListResponse_Closure reply, void *data)
{
    Dstack__SvListResponse response = DSTACK__SV_LIST_RESPONSE__INIT;
    struct rpc_call *call = data;
    const struct vmm *vmm = vmm_of(call);

    response.processes = arena_alloc(call->arena, (vmm->count + 1) * sizeof *response.processes);
    for (const struct vm *vm = vmm->first; vm; vm = vm->next) {
        Dstack__SvProcess *process = arena_alloc(call->arena, sizeof *process);

        *process = (Dstack__SvProcess)DSTACK__SV_PROCESS__INIT;
        process->id = unconst(vm->id);
        process->name = unconst(vm->settings.name);
        process->status = unconst(vm->has_process ? "running" : "stopped");
        process->command = unconst("simulated TD");
        response.processes[response.n_processes++] = process;
    }
    reply(&response, call);
}

static void vmm_service_sv_stop(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;
    struct vm *vm = find_vm(call, args->id);

    if (vm)
        vmm_kill(vm);
    reply(vm ? &response : NULL, call);
}

static void vmm_service_sv_remove(Service *service, const Dstack__VmId *args, Dstack__Empty_Closure reply,
                                  void *data)
{
    Dstack__Empty response = DSTACK__EMPTY__INIT;
    struct rpc_call *call = data;
    const struct vm *vm = find_vm(call, args->id);

    if (vm && vm->has_process)
        error_input(&call->error, "the process of VM %s is running: stop it first", vm->id);
    reply(vm && !call->error.kind ? &response : NULL, call);
}

static const Service methods = DSTACK__TEEPOD__INIT(vmm_service_);
static service_pages *const pages[] = {vm_logs_add, web_pages_add, web_pages_add_console, NULL};
static const struct service *const companions[] = {&guest_proxy_service, &dashboard_service,
                                                   &deployments_service, NULL};

const struct service vmm_service = {
    .name = "vmm",
    .summary = "dstack's VMM: deploys TDs, starts, stops, updates and removes them",
    .methods = &methods.base,
    .is_private = true,
    .deploys = true,
    .is_lenient = true,
    .pages = pages,
    .companions = companions,
};
