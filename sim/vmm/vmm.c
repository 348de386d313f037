#include "sim/vmm/vmm.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/hex.h"
#include "sim/base/memory.h"
#include "sim/vmm/vm_boot.h"
#include "sim/vmm/vmm_check.h"
#include "sim/vmm/vmm_compose.h"
#include "sim/vmm/vmm_list.h"

#define TURN_MS 10
#define PAUSE_MS 1 /* a timer that is due at once may come before clients, again and again */

struct vmm *vmm_new(const struct vmm_config *config)
{
    struct vmm *vmm = memory_zalloc(sizeof *vmm);

    vmm->cluster = config->cluster;
    vmm->faults = config->faults;
    vmm->host = config->host;
    vmm->store = config->store;
    return vmm;
}

/* --- images --- */

void vmm_add_image(struct vmm *vmm, struct vm_image *image)
{
    struct vm_image **at = &vmm->images, *old;

    while (*at && strcmp((*at)->name, image->name) != 0)
        at = &(*at)->next;
    old = *at;
    image->next = old ? old->next : NULL;
    *at = image;
    vm_image_free(old);
}

/* --- VMs --- */

void vmm_free(struct vmm *vmm)
{
    if (!vmm)
        return;
    for (struct vm *vm = vmm->first, *next; vm; vm = next) {
        next = vm->next;
        vm_free(vm);
    }
    for (struct vm_image *image = vmm->images, *next; image; image = next) {
        next = image->next;
        vm_image_free(image);
    }
    free(vmm);
}

/* A UUID of version 4 in form (RFC 9562, 5.4), which follows from the seed so that a run can be
 * repeated. */
static void make_id(struct vm *vm, const struct seed *seed)
{
    const uint64_t which[] = {vm->number, vm->run};
    uint8_t bytes[16];
    char hex[2 * sizeof bytes];

    seed_bytes(seed, "vm id", span_of(which, vm->run ? sizeof which : sizeof *which), bytes, sizeof bytes);
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    hex_encode(bytes, sizeof bytes, hex);
    snprintf(vm->id, sizeof vm->id, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static struct vm *add_vm(struct vmm *vmm, const struct vm_settings *settings, uint64_t run)
{
    struct vm *vm = vm_new(settings);

    vm->run = run;
    vm->number = ++vmm->created;
    make_id(vm, &vmm->cluster->seed);
    seed_bytes(&vmm->cluster->seed, "vm instance seed", span_of(vm->id, VM_ID_LEN), vm->instance_seed,
               sizeof vm->instance_seed);
    vmm_list_add(vmm, vm);
    return vm;
}

static void forget(struct vm *vm)
{
    vmm_list_remove(vm);
    vm_free(vm);
}

void vmm_adopt(struct vmm *vmm, struct td *td, const struct vm_settings *settings)
{
    struct vm *vm = add_vm(vmm, settings, 0); /* the same in each run */

    vm->is_first = vm->is_started = vm->has_process = vm->has_run = true;
    vm->td = td;
    vm->started_millis = vmm_state_millis(vmm);
    vm_boot_adopt(vm);
}

struct vm *vmm_find(const struct vmm *vmm, const char *id, struct error *error)
{
    struct vm *vm = vmm_list_find(vmm, id);

    if (!vm)
        error_quote(error, "VM not found: ", span_text(id), "%s", "");
    return vm;
}

struct vm *vmm_find_td(const struct vmm *vmm, const struct td *td)
{
    for (struct vm *vm = vmm->first; vm; vm = vm->next)
        if (vm->td == td)
            return vm;
    return NULL;
}

/* --- saving --- */

/* A save that failed may have left the new state on the disk: puts the old one back if it can. The caller
 * tells of the first failure. */
static void resave(struct vm *vm)
{
    struct error ignored = {.kind = ERROR_NONE};

    (void)!vmm_store_save(vm->vmm->store, vm, &ignored);
}

static void unsave(struct vm *vm)
{
    struct error ignored = {.kind = ERROR_NONE};

    (void)!vmm_store_remove(vm->vmm->store, vm, &ignored);
}

/* Saves what is about to be. */
static int save_start(struct vm *vm, bool is_started, uint32_t boots, struct error *error)
{
    const bool was_started = vm->is_started;
    const uint32_t boots_before = vm->boots;

    if (is_started == was_started && boots == boots_before)
        return 0;
    vm->is_started = is_started;
    vm->boots = boots;
    if (vmm_store_save(vm->vmm->store, vm, error) == 0)
        return 0;
    vm->is_started = was_started;
    vm->boots = boots_before;
    resave(vm);
    return -1;
}

/* --- deploying --- */

static int admit(const struct vm *vm, bool is_to_run, struct error *error)
{
    return vm->vmm->host.admit(vm->vmm->host.data, vm, is_to_run, error);
}

struct vm *vmm_create(struct vmm *vmm, const struct vm_settings *settings, const char *app_id,
                      bool is_stopped, struct error *error)
{
    struct vm *vm;

    if (vmm_check_settings(vmm, NULL, settings, error))
        return NULL;
    if (vmm->count >= VMM_VMS_MAX) {
        error_input(error, "there are already %d VMs; remove some", VMM_VMS_MAX);
        return NULL;
    }
    vm = add_vm(vmm, settings, vmm_store_run(vmm->store));
    if (app_id)
        snprintf(vm->app_id, sizeof vm->app_id, "%s", app_id);
    else
        vmm_compose_app_id(vm->settings.compose, vm->app_id);
    vm->is_started = !is_stopped;
    vm->boots = vm->is_started;
    if (admit(vm, vm->is_started, error)) {
        forget(vm);
        return NULL;
    }
    if (vmm_store_save(vmm->store, vm, error)) {
        unsave(vm);
        forget(vm);
        return NULL;
    }
    if (vm->is_started)
        vm_boot_begin(vm);
    return vm;
}

int vmm_change(struct vm *vm, const struct vm_settings *settings, struct error *error)
{
    const struct vm_settings old = vm->settings;
    struct arena old_arena = vm->arena;

    if (vmm_check_change(vm, settings, error))
        return -1;
    arena_init(&vm->arena);
    vm->settings = vm_settings_copy(settings, &vm->arena);
    if (vmm_store_save(vm->vmm->store, vm, error) == 0) {
        arena_free(&old_arena);
        vm->has_gateway = vmm_compose_has_gateway(vm->settings.compose);
        return 0;
    }
    arena_free(&vm->arena);
    vm->arena = old_arena;
    vm->settings = old;
    resave(vm);
    return -1;
}

/* --- running --- */

/* It counts as a boot already. */
static void start(struct vm *vm)
{
    vm->restarts = 0;
    vm->restart_millis = 0;
    vm->is_awaited = vm->is_closing;
    if (!vm->has_process)
        vm_boot_begin(vm);
}

int vmm_start(struct vm *vm, struct error *error)
{
    if (vm->is_removed)
        return 0;
    if ((!vm->has_process && admit(vm, true, error)) ||
        save_start(vm, true, vm->boots + !vm->has_process, error))
        return -1;
    start(vm);
    return 0;
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

static void stop(struct vm *vm)
{
    vm->is_started = vm->is_awaited = false;
    vm->restart_millis = 0;
    end_process(vm);
}

int vmm_stop(struct vm *vm, struct error *error)
{
    if (save_start(vm, false, vm->boots, error))
        return -1;
    stop(vm);
    return 0;
}

void vmm_kill(struct vm *vm)
{
    end_process(vm);
}

void vmm_notify(struct vm *vm, const char *event, const char *body)
{
    vm_notify(vm, event, body, vmm_state_millis(vm->vmm));
    if (!vm->is_first)
        vm_boot_save(vm);
}

int vmm_shut_down(struct vm *vm, struct error *error)
{
    if (!vm->has_process)
        return 0;
    if (save_start(vm, false, vm->boots, error))
        return -1;
    vmm_notify(vm, "shutdown.progress", "powering off");
    stop(vm);
    return 0;
}

int vmm_remove(struct vm *vm, struct error *error)
{
    if (vm->is_first)
        return error_input(error,
                           "this is the TD that the simulator starts with: it can be stopped, not removed");
    if (vmm_store_remove(vm->vmm->store, vm, error)) {
        resave(vm);
        return -1;
    }
    vm->is_removed = true;
    if (vm->has_process)
        stop(vm);
    else
        forget(vm);
    return 0;
}

void vmm_launched(struct vm *vm, const char *failure)
{
    if (vm->is_booting && !vm->is_closing)
        vm_boot_resume(vm, failure);
}

void vmm_troubled(struct vm *vm, const char *sentence)
{
    if (vm->is_booting && !vm->is_closing)
        vm_boot_trouble(vm, sentence);
}

void vmm_closed(struct vm *vm)
{
    if (!vm->is_closing)
        return;
    vm->is_closing = vm->has_process = false;
    vm->exited_millis = vmm_state_millis(vm->vmm);
    vm_log_line(&vm->logs[VM_CHANNEL_SERIAL], "dstack-vmm: the VM has stopped");
    vm_boot_end(vm);
    if (vm->is_removed) {
        forget(vm);
        return;
    }
    vm->boots += vm->is_awaited;
    vm_boot_save(vm);
    if (vm->is_awaited)
        start(vm);
    else if (vm->is_started)
        vm_boot_plan_restart(vm);
}

/* One step of each VM, but no longer than a turn may last, so that clients do not wait until all have
 * booted. */
uint64_t vmm_run(struct vmm *vmm)
{
    const int64_t end = clock_monotonic_millis() + TURN_MS;
    uint64_t soonest = VMM_IDLE;

    for (size_t left = vmm->queued; left > 0; left--) {
        struct vm *vm = vmm_list_dequeue(vmm);
        uint64_t due = vm ? vm_boot_run(vm) : VMM_IDLE;

        if (due != VMM_IDLE)
            vmm_list_enqueue(vm);
        soonest = due < soonest ? due : soonest;
        if (left > 1 && clock_monotonic_millis() >= end)
            return PAUSE_MS;
    }
    return soonest;
}

size_t vmm_count_unopened(const struct vmm *vmm)
{
    size_t count = 0;

    for (const struct vm *vm = vmm->queue_first; vm; vm = vm->queue_next)
        count += vm_boot_will_open(vm);
    return count;
}

/* --- after a restart --- */

static void load_vm(struct vmm *vmm, struct vm *vm)
{
    vmm_list_add(vmm, vm);
    vm->has_gateway = vmm_compose_has_gateway(vm->settings.compose);
    vm_log_line(&vm->logs[VM_CHANNEL_SERIAL], "dstack-vmm: the simulator has been started again");
    if (!vm->is_started)
        return;
    vm->has_run |= vm->boots > 0;
    vm->boots += (uint32_t)(vmm_store_run(vmm->store) - vm->saved_run);
    vm->saved_boots = vm->boots; /* a further run without a save counts on from there */
    vm_boot_begin(vm);
}

static void leave_out(struct vm *vm, const struct vmm_store_report *report, struct error *error)
{
    error_context(error, "the VM %s of the state directory is left out", vm->id);
    report->say(report->data, error->text);
    vm_free(vm);
}

void vmm_load(struct vmm *vmm, const struct vmm_store_report *report)
{
    struct vm *vm = vmm_store_load(vmm->store, VMM_VMS_MAX - vmm->count, report);

    for (struct vm *next; vm; vm = next) {
        struct error error = {.kind = ERROR_NONE};

        next = vm->next;
        if (vmm_check_ports(vmm, NULL, &vm->settings, &error))
            leave_out(vm, report, &error);
        else
            load_vm(vmm, vm);
    }
    if (!vmm_store_first_is_started(vmm->store) && vmm->first && vmm->first->is_first)
        stop(vmm->first);
}
