#include "sim/vmm/vmm_check.h"

#include <stdio.h>

static int refuse_port(const struct vm *holder, unsigned port, struct error *error)
{
    char which[ERROR_QUOTE_MAX];

    snprintf(which, sizeof which, "%s (%s): port %u", holder->id, holder->settings.name, port);
    return error_quote(error, "host port mapping conflicts with VM ", span_text(which), "%s", "");
}

int vmm_check_ports(const struct vmm *vmm, const struct vm *self, const struct vm_settings *settings,
                    struct error *error)
{
    for (const struct vm *vm = settings->port_count ? vmm->first : NULL; vm; vm = vm->next) {
        if (vm == self || vm->is_removed)
            continue;
        for (size_t i = 0; i < settings->port_count; i++)
            for (size_t j = 0; j < vm->settings.port_count; j++)
                if (vm_settings_ports_clash(&settings->ports[i], &vm->settings.ports[j]))
                    return refuse_port(vm, settings->ports[i].host_port, error);
    }
    return 0;
}

int vmm_check_settings(const struct vmm *vmm, const struct vm *self, const struct vm_settings *settings,
                       struct error *error)
{
    if (vm_settings_check(settings, error))
        return -1;
    if (!vm_image_is_name(settings->image))
        return error_quote(error, "Invalid image name: ", span_text(settings->image), "%s", "");
    if (!vm_image_find(vmm->images, settings->image))
        return error_quote(error, "image not found: ", span_text(settings->image),
                           "; ListImages names those there are");
    return vmm_check_ports(vmm, self, settings, error);
}

static bool is_stopped(const struct vm *vm)
{
    return vm_status_of(vm) == VM_STOPPED || vm_status_of(vm) == VM_EXITED;
}

static int refuse_shrinking(const struct vm *vm, const struct vm_settings *settings, struct error *error)
{
    char sizes[48];

    snprintf(sizes, sizeof sizes, "%u to %u", vm->settings.disk_gb, settings->disk_gb);
    return error_quote(error, "cannot shrink the disk from ", span_text(sizes), " GB");
}

int vmm_check_change(const struct vm *vm, const struct vm_settings *settings, struct error *error)
{
    if (vm->is_first)
        return error_input(error,
                           "this is the TD that the simulator starts with, as its options say: start it with "
                           "another --app-compose, or deploy a TD with CreateVm");
    if (vm->is_removed)
        return error_input(error, "the VM is being removed: %s", vm->id);
    if ((settings->vcpu != vm->settings.vcpu || settings->memory_mb != vm->settings.memory_mb ||
         settings->disk_gb != vm->settings.disk_gb || strcmp(settings->image, vm->settings.image) != 0) &&
        !is_stopped(vm))
        return error_input(error, "vm should be stopped before resize: %s", vm->id);
    if (settings->disk_gb < vm->settings.disk_gb)
        return refuse_shrinking(vm, settings, error);
    return vmm_check_settings(vm->vmm, vm, settings, error);
}
