#include "sim/vmm/vmm.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/hash.h"
#include "sim/app/app_compose.h"
#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/vmm/vm_boot.h"

struct vmm *vmm_new(const struct vmm_config *config)
{
    struct vmm *vmm = memory_zalloc(sizeof *vmm);

    vmm->cluster = config->cluster;
    vmm->faults = config->faults;
    vmm->host = config->host;
    return vmm;
}

/* --- images --- */

void vmm_add_image(struct vmm *vmm, struct vm_image *image)
{
    struct vm_image **end = &vmm->images;

    while (*end)
        end = &(*end)->next;
    *end = image;
}

/* --- VMs --- */

static void free_vm(struct vm *vm)
{
    for (size_t i = 0; i < VM_CHANNELS; i++) {
        vm_log_end(&vm->logs[i]);
        vm_log_free(&vm->logs[i]);
    }
    for (size_t i = 0; i < vm->event_count; i++)
        free(vm->events[i].body);
    arena_free(&vm->arena);
    free(vm);
}

void vmm_free(struct vmm *vmm)
{
    if (!vmm)
        return;
    for (struct vm *vm = vmm->first, *next; vm; vm = next) {
        next = vm->next;
        free_vm(vm);
    }
    for (struct vm_image *image = vmm->images, *next; image; image = next) {
        next = image->next;
        vm_image_free(image);
    }
    free(vmm);
}

/* A UUID of version 4 in form (RFC 9562, 5.4), which follows from the seed so that a run can be
 * repeated. */
static void make_id(struct vmm *vmm, char id[static VM_ID_LEN + 1])
{
    uint8_t bytes[16];
    char hex[2 * sizeof bytes];

    vmm->created++;
    seed_bytes(&vmm->cluster->seed, "vm id", span_of(&vmm->created, sizeof vmm->created), bytes,
               sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    hex_encode(bytes, sizeof bytes, hex);
    snprintf(id, VM_ID_LEN + 1, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static struct vm *add_vm(struct vmm *vmm, const struct vm_settings *settings)
{
    struct vm *vm = memory_zalloc(sizeof *vm), **end = &vmm->first;

    vm->vmm = vmm;
    make_id(vmm, vm->id);
    arena_init(&vm->arena);
    vm->settings = vm_settings_copy(settings, &vm->arena);
    for (size_t i = 0; i < VM_CHANNELS; i++)
        vm_log_init(&vm->logs[i]);
    while (*end)
        end = &(*end)->next;
    *end = vm;
    vmm->count++;
    return vm;
}

static void forget(struct vm *vm)
{
    struct vm **at = &vm->vmm->first;

    while (*at != vm)
        at = &(*at)->next;
    *at = vm->next;
    vm->vmm->count--;
    free_vm(vm);
}

void vmm_adopt(struct vmm *vmm, struct td *td, const struct vm_settings *settings)
{
    struct vm *vm = add_vm(vmm, settings);

    vm->is_first = vm->is_started = vm->has_process = vm->has_run = true;
    vm->td = td;
    vm->started_millis = vmm_state_millis(vmm);
    vm_boot_adopt(vm);
}

struct vm *vmm_find(const struct vmm *vmm, const char *id, struct error *error)
{
    for (struct vm *vm = vmm->first; vm; vm = vm->next)
        if (strcmp(vm->id, id) == 0)
            return vm;
    error_quote(error, "VM not found: ", span_text(id), "%s", "");
    return NULL;
}

struct vm *vmm_find_td(const struct vmm *vmm, const struct td *td)
{
    for (struct vm *vm = vmm->first; vm; vm = vm->next)
        if (vm->td == td)
            return vm;
    return NULL;
}

/* --- deploying --- */

int vmm_check_compose(struct span compose, struct error *error)
{
    struct app_compose parsed;

    if (app_compose_parse(&parsed, compose, error))
        return error_context(error, "Invalid compose file");
    app_compose_free(&parsed);
    return 0;
}

char *vmm_compose_hash(struct span compose, struct arena *arena)
{
    char *hex = arena_zalloc(arena, 2 * 32 + 1);
    uint8_t digest[32];

    hash_sha256(compose.data, compose.len, digest);
    hex_encode(digest, sizeof digest, hex);
    return hex;
}

void vmm_compose_app_id(struct span compose, char app_id[static 2 * APP_ID_BYTES + 1])
{
    uint8_t digest[32];

    hash_sha256(compose.data, compose.len, digest);
    hex_encode(digest, APP_ID_BYTES, app_id);
    app_id[2 * APP_ID_BYTES] = '\0';
}

static int refuse_port(const struct vm *holder, unsigned port, struct error *error)
{
    char which[ERROR_QUOTE_MAX];

    snprintf(which, sizeof which, "%s (%s): port %u", holder->id, holder->settings.name, port);
    return error_quote(error, "host port mapping conflicts with VM ", span_text(which), "%s", "");
}

/* Ports of other VMs, stopped ones too: a mapping stays reserved until its VM is removed. */
static int check_ports(const struct vmm *vmm, const struct vm *self, const struct vm_settings *settings,
                       struct error *error)
{
    for (const struct vm *vm = vmm->first; vm; vm = vm->next) {
        if (vm == self || vm->is_removed)
            continue;
        for (size_t i = 0; i < settings->port_count; i++)
            for (size_t j = 0; j < vm->settings.port_count; j++)
                if (vm_settings_ports_clash(&settings->ports[i], &vm->settings.ports[j]))
                    return refuse_port(vm, settings->ports[i].host_port, error);
    }
    return 0;
}

static int check(const struct vmm *vmm, const struct vm *self, const struct vm_settings *settings,
                 struct error *error)
{
    if (vm_settings_check(settings, error))
        return -1;
    if (!vm_image_is_name(settings->image))
        return error_quote(error, "Invalid image name: ", span_text(settings->image), "%s", "");
    if (!vm_image_find(vmm->images, settings->image))
        return error_quote(error, "image not found: ", span_text(settings->image),
                           "; ListImages names those there are");
    return check_ports(vmm, self, settings, error);
}

struct vm *vmm_create(struct vmm *vmm, const struct vm_settings *settings, const char *app_id,
                      bool is_stopped, struct error *error)
{
    struct vm *vm;

    if (check(vmm, NULL, settings, error))
        return NULL;
    if (vmm->count >= VMM_VMS_MAX) {
        error_input(error, "there are already %d VMs; remove some", VMM_VMS_MAX);
        return NULL;
    }
    vm = add_vm(vmm, settings);
    if (app_id)
        snprintf(vm->app_id, sizeof vm->app_id, "%s", app_id);
    else
        vmm_compose_app_id(vm->settings.compose, vm->app_id);
    if (!is_stopped)
        vmm_start(vm);
    return vm;
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

int vmm_change(struct vm *vm, const struct vm_settings *settings, struct error *error)
{
    struct arena old = vm->arena;

    if (vm->is_first)
        return error_input(error, "this is the TD that the simulator starts with: its options describe it");
    if ((settings->vcpu != vm->settings.vcpu || settings->memory_mb != vm->settings.memory_mb ||
         settings->disk_gb != vm->settings.disk_gb || strcmp(settings->image, vm->settings.image) != 0) &&
        !is_stopped(vm))
        return error_input(error, "vm should be stopped before resize: %s", vm->id);
    if (settings->disk_gb < vm->settings.disk_gb)
        return refuse_shrinking(vm, settings, error);
    if (check(vm->vmm, vm, settings, error))
        return -1;
    arena_init(&vm->arena);
    vm->settings = vm_settings_copy(settings, &vm->arena);
    arena_free(&old);
    return 0;
}

/* --- running --- */

void vmm_start(struct vm *vm)
{
    vm->is_started = true;
    vm->restarts = 0;
    vm->restart_millis = 0;
    vm->is_awaited = vm->is_closing;
    if (!vm->has_process && !vm->is_removed)
        vm_boot_begin(vm);
}

static void end_process(struct vm *vm)
{
    if (!vm->has_process || vm->is_closing)
        return;
    vm->is_booting = false;
    vm->is_closing = true;
    vm_log_line(&vm->logs[VM_CHANNEL_SERIAL], "dstack-vmm: the VM is stopping");
    vm->vmm->host.close(vm->vmm->host.data, vm);
}

void vmm_stop(struct vm *vm)
{
    vm->is_started = vm->is_awaited = false;
    vm->restart_millis = 0;
    end_process(vm);
}

void vmm_kill(struct vm *vm)
{
    end_process(vm);
}

void vmm_shut_down(struct vm *vm)
{
    if (!vm->has_process)
        return;
    vm_notify(vm, "shutdown.progress", "powering off", vmm_state_millis(vm->vmm));
    vmm_stop(vm);
}

int vmm_remove(struct vm *vm, struct error *error)
{
    if (vm->is_first)
        return error_input(error,
                           "this is the TD that the simulator starts with: it can be stopped, not removed");
    vm->is_removed = true;
    if (vm->has_process)
        vmm_stop(vm);
    else
        forget(vm);
    return 0;
}

void vmm_closed(struct vm *vm)
{
    if (!vm->is_closing)
        return;
    vm->is_closing = vm->has_process = false;
    vm->exited_millis = vmm_state_millis(vm->vmm);
    vm_log_line(&vm->logs[VM_CHANNEL_SERIAL], "dstack-vmm: the VM has stopped");
    vm_boot_end(vm);
    if (vm->is_removed)
        forget(vm);
    else if (vm->is_awaited)
        vmm_start(vm);
    else if (vm->is_started)
        vm_boot_plan_restart(vm);
}

uint64_t vmm_run(struct vmm *vmm)
{
    uint64_t soonest = VMM_IDLE;

    for (struct vm *vm = vmm->first, *next; vm; vm = next) {
        uint64_t due;

        next = vm->next;
        due = vm_boot_run(vm);
        soonest = due < soonest ? due : soonest;
    }
    return soonest;
}
