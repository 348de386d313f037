#include "sim/services/vmm_messages.h"

#include "sim/base/hex.h"
#include "sim/vmm/vm_url.h"

/* --- reading --- */

static int read_port(const Dstack__PortMapping *message, struct vm_port *port, struct error *error)
{
    const bool is_udp = strcmp(message->protocol, "udp") == 0;

    if (!is_udp && strcmp(message->protocol, "tcp") != 0)
        return error_quote(error, "Invalid protocol: ", span_text(message->protocol), ": use tcp or udp");
    if (message->host_port > UINT16_MAX || message->vm_port > UINT16_MAX)
        return error_input(error, "a port mapping needs host_port and vm_port from 1 to 65535");
    *port = (struct vm_port){
        .is_udp = is_udp,
        .host_port = (uint16_t)message->host_port,
        .vm_port = (uint16_t)message->vm_port,
        .host_address = message->host_address,
    };
    return 0;
}

static int read_ports(Dstack__PortMapping *const *messages, size_t count, struct arena *arena,
                      struct vm_settings *settings, struct error *error)
{
    struct vm_port *ports = arena_alloc(arena, (count + 1) * sizeof *ports);

    for (size_t i = 0; i < count; i++)
        if (read_port(messages[i], &ports[i], error))
            return -1;
    settings->ports = ports;
    settings->port_count = count;
    return 0;
}

static struct vm_texts texts_of(char *const *items, size_t count)
{
    return (struct vm_texts){(const char *const *)items, count};
}

static void read_gpus(const Dstack__GpuConfig *message, struct arena *arena, struct vm_settings *settings)
{
    const char **slots;

    if (!message)
        return;
    slots = arena_alloc(arena, (message->n_gpus + 1) * sizeof *slots);
    for (size_t i = 0; i < message->n_gpus; i++)
        slots[i] = message->gpus[i]->slot;
    settings->gpu_slots = (struct vm_texts){slots, message->n_gpus};
    settings->gpu_attach_mode = message->attach_mode;
}

static void read_networks(Dstack__NetworkingConfig *const *messages, size_t count, struct arena *arena,
                          struct vm_settings *settings)
{
    struct vm_network *networks = arena_alloc(arena, (count + 1) * sizeof *networks);

    for (size_t i = 0; i < count; i++)
        networks[i] = (struct vm_network){messages[i]->mode, messages[i]->bridge_name};
    settings->networks = networks;
    settings->network_count = count;
}

int vmm_messages_read(const Dstack__VmConfiguration *message, struct arena *arena,
                      struct vm_settings *settings, struct error *error)
{
    Dstack__NetworkingConfig *const one[] = {message->networking};

    *settings = (struct vm_settings){
        .name = message->name,
        .image = message->image,
        .compose = span_text(message->compose_file),
        .vcpu = message->vcpu,
        .memory_mb = message->memory,
        .disk_gb = message->disk_size,
        .encrypted_env = call_span(message->encrypted_env),
        .user_config = message->user_config,
        .kms_urls = texts_of(message->kms_urls, message->n_kms_urls),
        .gateway_urls = texts_of(message->gateway_urls, message->n_gateway_urls),
        .simulated_tee = message->optional_simulated_tee_case ==
                                 DSTACK__VM_CONFIGURATION__OPTIONAL_SIMULATED_TEE_SIMULATED_TEE
                             ? message->simulated_tee
                             : NULL,
        .has_hugepages = message->hugepages,
        .is_numa_pinned = message->pin_numa,
        .has_no_tee = message->no_tee,
    };
    read_gpus(message->gpus, arena, settings);
    if (message->n_networks > 0 || !message->networking)
        read_networks(message->networks, message->n_networks, arena, settings);
    else
        read_networks(one, 1, arena, settings);
    return read_ports(message->ports, message->n_ports, arena, settings, error);
}

int vmm_messages_update(const Dstack__UpdateVmRequest *message, struct arena *arena,
                        struct vm_settings *settings, struct error *error)
{
    if (message->compose_file[0])
        settings->compose = span_text(message->compose_file);
    if (message->encrypted_env.len)
        settings->encrypted_env = call_span(message->encrypted_env);
    if (message->user_config[0])
        settings->user_config = message->user_config;
    if (message->update_kms_urls)
        settings->kms_urls = texts_of(message->kms_urls, message->n_kms_urls);
    if (message->update_gateway_urls)
        settings->gateway_urls = texts_of(message->gateway_urls, message->n_gateway_urls);
    read_gpus(message->gpus, arena, settings);
    if (message->optional_vcpu_case == DSTACK__UPDATE_VM_REQUEST__OPTIONAL_VCPU_VCPU)
        settings->vcpu = message->vcpu;
    if (message->optional_memory_case == DSTACK__UPDATE_VM_REQUEST__OPTIONAL_MEMORY_MEMORY)
        settings->memory_mb = message->memory;
    if (message->optional_disk_size_case == DSTACK__UPDATE_VM_REQUEST__OPTIONAL_DISK_SIZE_DISK_SIZE)
        settings->disk_gb = message->disk_size;
    if (message->optional_image_case == DSTACK__UPDATE_VM_REQUEST__OPTIONAL_IMAGE_IMAGE)
        settings->image = message->image;
    if (message->optional_no_tee_case == DSTACK__UPDATE_VM_REQUEST__OPTIONAL_NO_TEE_NO_TEE)
        settings->has_no_tee = message->no_tee;
    if (message->update_networking)
        read_networks(message->networks, message->n_networks, arena, settings);
    return message->update_ports ? read_ports(message->ports, message->n_ports, arena, settings, error) : 0;
}

int vmm_messages_app_id(const char *text, struct arena *arena, char **app_id, struct error *error)
{
    uint8_t *bytes;
    char *digits;
    size_t len;

    if (hex_read(span_text(text), "app_id", arena, &bytes, &len, error))
        return -1;
    if (len != APP_ID_BYTES)
        return error_input(error, "app_id must have %d bytes, not %zu", APP_ID_BYTES, len);
    digits = arena_zalloc(arena, 2 * APP_ID_BYTES + 1);
    hex_encode(bytes, len, digits);
    *app_id = digits;
    return 0;
}

/* --- describing --- */

bool vmm_messages_has(const struct vm *vm, const char *keyword)
{
    const char *const fields[] = {vm->settings.name, vm->id, vm->app_id, vm->settings.image};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (strstr(fields[i], keyword))
            return true;
    return false;
}

static void describe_ports(const struct vm_settings *settings, struct arena *arena,
                           Dstack__VmConfiguration *message)
{
    message->ports = arena_alloc(arena, (settings->port_count + 1) * sizeof *message->ports);
    message->n_ports = settings->port_count;
    for (size_t i = 0; i < settings->port_count; i++) {
        const struct vm_port *port = &settings->ports[i];

        message->ports[i] = arena_alloc(arena, sizeof **message->ports);
        *message->ports[i] = (Dstack__PortMapping)DSTACK__PORT_MAPPING__INIT;
        message->ports[i]->protocol = unconst(port->is_udp ? "udp" : "tcp");
        message->ports[i]->host_port = port->host_port;
        message->ports[i]->vm_port = port->vm_port;
        message->ports[i]->host_address = unconst(port->host_address);
    }
}

static void describe_gpus(const struct vm_settings *settings, struct arena *arena,
                          Dstack__VmConfiguration *message)
{
    Dstack__GpuConfig *gpus;

    if (!settings->gpu_attach_mode)
        return;
    gpus = arena_alloc(arena, sizeof *gpus);
    *gpus = (Dstack__GpuConfig)DSTACK__GPU_CONFIG__INIT;
    gpus->attach_mode = unconst(settings->gpu_attach_mode);
    gpus->gpus = arena_alloc(arena, (settings->gpu_slots.count + 1) * sizeof *gpus->gpus);
    gpus->n_gpus = settings->gpu_slots.count;
    for (size_t i = 0; i < gpus->n_gpus; i++) {
        gpus->gpus[i] = arena_alloc(arena, sizeof **gpus->gpus);
        *gpus->gpus[i] = (Dstack__GpuSpec)DSTACK__GPU_SPEC__INIT;
        gpus->gpus[i]->slot = unconst(settings->gpu_slots.items[i]);
    }
    message->gpus = gpus;
}

static void describe_networks(const struct vm_settings *settings, struct arena *arena,
                              Dstack__VmConfiguration *message)
{
    message->networks = arena_alloc(arena, (settings->network_count + 1) * sizeof *message->networks);
    message->n_networks = settings->network_count;
    for (size_t i = 0; i < settings->network_count; i++) {
        message->networks[i] = arena_alloc(arena, sizeof **message->networks);
        *message->networks[i] = (Dstack__NetworkingConfig)DSTACK__NETWORKING_CONFIG__INIT;
        message->networks[i]->mode = unconst(settings->networks[i].mode);
        message->networks[i]->bridge_name = unconst(settings->networks[i].bridge_name);
    }
    message->networking = settings->network_count ? message->networks[0] : NULL;
}

static char **describe_texts(struct vm_texts texts, struct arena *arena, size_t *count)
{
    char **items = arena_alloc(arena, (texts.count + 1) * sizeof *items);

    for (size_t i = 0; i < texts.count; i++)
        items[i] = unconst(texts.items[i]);
    *count = texts.count;
    return items;
}

static Dstack__VmConfiguration *describe_settings(const struct vm *vm, struct arena *arena)
{
    const struct vm_settings *settings = &vm->settings;
    Dstack__VmConfiguration *message = arena_alloc(arena, sizeof *message);

    *message = (Dstack__VmConfiguration)DSTACK__VM_CONFIGURATION__INIT;
    message->name = unconst(settings->name);
    message->image = unconst(settings->image);
    message->compose_file = unconst(settings->compose.data);
    message->vcpu = settings->vcpu;
    message->memory = settings->memory_mb;
    message->disk_size = settings->disk_gb;
    message->encrypted_env = call_bytes(settings->encrypted_env.data, settings->encrypted_env.len);
    message->optional_app_id_case = DSTACK__VM_CONFIGURATION__OPTIONAL_APP_ID_APP_ID;
    message->app_id = unconst(vm->app_id);
    message->user_config = unconst(settings->user_config);
    message->hugepages = settings->has_hugepages;
    message->pin_numa = settings->is_numa_pinned;
    message->no_tee = settings->has_no_tee;
    message->stopped = !vm->is_started;
    message->kms_urls = describe_texts(settings->kms_urls, arena, &message->n_kms_urls);
    message->gateway_urls = describe_texts(settings->gateway_urls, arena, &message->n_gateway_urls);
    if (settings->simulated_tee) {
        message->optional_simulated_tee_case = DSTACK__VM_CONFIGURATION__OPTIONAL_SIMULATED_TEE_SIMULATED_TEE;
        message->simulated_tee = unconst(settings->simulated_tee);
    }
    describe_ports(settings, arena, message);
    describe_gpus(settings, arena, message);
    describe_networks(settings, arena, message);
    return message;
}

static void describe_events(const struct vm *vm, struct arena *arena, Dstack__VmInfo *info)
{
    info->events = arena_alloc(arena, (vm->event_count + 1) * sizeof *info->events);
    info->n_events = vm->event_count;
    for (size_t i = 0; i < vm->event_count; i++) {
        info->events[i] = arena_alloc(arena, sizeof **info->events);
        *info->events[i] = (Dstack__VmEvent)DSTACK__VM_EVENT__INIT;
        info->events[i]->event = unconst(vm->events[i].name);
        info->events[i]->body = vm->events[i].body;
        info->events[i]->timestamp = (uint64_t)vm->events[i].millis;
    }
}

static char *duration(const struct vm *vm, int64_t since, struct arena *arena)
{
    char text[64];

    vm_duration(since, vmm_state_millis(vm->vmm), text, sizeof text);
    return arena_copy(arena, text, strlen(text));
}

Dstack__VmInfo *vmm_messages_describe(const struct vm *vm, bool is_brief, struct arena *arena)
{
    const struct vm_image *image = vm_image_find(vm->vmm->images, vm->settings.image);
    Dstack__VmInfo *info = arena_alloc(arena, sizeof *info);

    *info = (Dstack__VmInfo)DSTACK__VM_INFO__INIT;
    info->id = unconst(vm->id);
    info->name = unconst(vm->settings.name);
    info->status = unconst(vm_status_name(vm_status_of(vm)));
    info->uptime = duration(vm, vm->started_millis, arena);
    info->app_id = unconst(vm->app_id);
    info->app_url = vm_url_of_app(vm, arena);
    if (info->app_url)
        info->optional_app_url_case = DSTACK__VM_INFO__OPTIONAL_APP_URL_APP_URL;
    if (vm->instance_id[0]) {
        info->optional_instance_id_case = DSTACK__VM_INFO__OPTIONAL_INSTANCE_ID_INSTANCE_ID;
        info->instance_id = unconst(vm->instance_id);
    }
    info->configuration = is_brief ? NULL : describe_settings(vm, arena);
    info->optional_exited_at_case = DSTACK__VM_INFO__OPTIONAL_EXITED_AT_EXITED_AT;
    info->exited_at = duration(vm, vm->exited_millis, arena);
    info->boot_progress = unconst(vm->boot_progress);
    info->boot_error = unconst(vm->boot_error);
    info->shutdown_progress = unconst(vm->shutdown_progress);
    info->image_version = unconst(image ? image->image.version : "");
    describe_events(vm, arena, info);
    return info;
}
