#include "sim/vmm/vm_boot.h"

#include <stdio.h>
#include <string.h>

#include "sim/app/app_compose.h"
#include "sim/base/arena.h"
#include "sim/base/hex.h"
#include "sim/image/machine.h"
#include "sim/vmm/vmm_list.h"

#define SYNTHETIC                                                                                            \
    "the registers of the boot are synthetic: with this much memory they are of the legacy variant, which "  \
    "depends on QEMU, and no verifier can check the image offline; give 2048 MB, or 3072 or more"
#define RESTARTS_MAX 5
#define RESTART_PAUSE_MS 5000
#define RESTART_PAUSE_MS_MAX 300000
#define RESTART_CHECK_MS 20000
#define RESTARTS_FORGET_MS 300000

static struct vm_log *console(struct vm *vm)
{
    return &vm->logs[VM_CHANNEL_SERIAL];
}

static void notify(struct vm *vm, const char *event, const char *body)
{
    vm_notify(vm, event, body, vmm_state_millis(vm->vmm));
}

static void say(struct vm *vm, const char *progress)
{
    vm_log_line(console(vm), "dstack-prepare: %s", progress);
    notify(vm, "boot.progress", progress);
}

void vm_boot_save(struct vm *vm)
{
    struct error error = {.kind = ERROR_NONE};

    if (vmm_store_save(vm->vmm->store, vm, &error))
        vm_log_line(console(vm), "dstack-vmm: this is not kept: %s", error.text);
}

/* --- the steps; each returns 0, 1 to wait for vm_boot_resume, or -1 with an error that ends the boot --- */

static uint64_t memory_of(const struct vm *vm)
{
    return (uint64_t)vm->settings.memory_mb << 20;
}

/* machine.json of the deployment. */
static struct span describe_machine(const struct vm *vm, struct arena *arena)
{
    return span_text(arena_printf(arena,
                                  "{\"cpu_count\":%u,\"memory_size\":%llu,"
                                  "\"cloud_vendor\":\"dstack-simulator\","
                                  "\"cloud_product\":\"simulated TDX machine\","
                                  "\"tdx_attestation_variant\":\"%s\","
                                  "\"deployment\":{\"image\":\"%s\",\"hugepages\":%s,\"num_gpus\":%zu}}",
                                  vm->settings.vcpu, (unsigned long long)memory_of(vm),
                                  machine_wants_legacy(memory_of(vm)) ? "legacy" : "lite", vm->settings.image,
                                  vm->settings.has_hugepages ? "true" : "false",
                                  vm->settings.gpu_slots.count));
}

static int add_td(struct vm *vm, struct error *error)
{
    const struct vm_image *image = vm_image_find(vm->vmm->images, vm->settings.image);
    uint8_t app_id[APP_ID_BYTES];
    struct td_config config;
    struct arena arena;
    size_t len, bad_at;

    if (hex_decode(vm->app_id, strlen(vm->app_id), app_id, &len, &bad_at) != HEX_OK || len != sizeof app_id)
        return error_internal(error, "the VM has no valid app id");
    if (!image)
        return error_quote(error, "image not found: ", span_text(vm->settings.image), "%s", "");
    arena_init(&arena);
    td_config_init(&config);
    config.instance = vm->id;
    config.instance_seed = vm->instance_seed;
    config.app_id = span_of(app_id, sizeof app_id);
    config.boot = vm->boots;
    config.app_compose = vm->settings.compose;
    config.app_compose_name = "compose_file";
    config.image = &image->image;
    config.machine = describe_machine(vm, &arena);
    config.has_own_ca = true;
    config.awaits_keys = vm->vmm->host.join != NULL;
    config.encrypted_env = vm->settings.encrypted_env;
    config.user_config = vm->settings.user_config[0] ? span_text(vm->settings.user_config) : SPAN_NONE;
    vm->td = cluster_add(vm->vmm->cluster, &config, error);
    arena_free(&arena);
    return vm->td ? 0 : -1;
}

static int boot_firmware(struct vm *vm, struct error *error)
{
    (void)error;
    if (vm->boots != vm->saved_boots)
        vm_boot_save(vm);
    vm_log_line(console(vm), "firmware: booting %s with %u CPUs and %u MB", vm->settings.image,
                vm->settings.vcpu, vm->settings.memory_mb);
    if (!vm->is_first && machine_wants_legacy(memory_of(vm))) {
        vm_log_line(console(vm), "firmware: %s", SYNTHETIC);
        notify(vm, VM_EVENT_REGISTERS, SYNTHETIC);
    }
    return 0;
}

static void take_down(struct vm *vm)
{
    cluster_remove(vm->vmm->cluster, vm->td);
    vm->td = NULL;
}

/* Whether the KMS gives it keys. A TD that gets none is taken down again. */
static int ask_kms(struct vm *vm, struct error *error)
{
    const struct vmm_host *host = &vm->vmm->host;
    int result = 0;

    if (vm->td->app.says.key_provider == APP_KEY_PROVIDER_KMS && host->give_keys)
        result = host->give_keys(host->data, vm, error);
    if (result < 0)
        take_down(vm);
    return result;
}

static int request_keys(struct vm *vm, struct error *error)
{
    const struct vmm_host *host = &vm->vmm->host;

    say(vm, "requesting app keys");
    if (!vm->is_first && add_td(vm, error))
        return -1;
    vm->has_gateway = app_compose_wants_gateway(&vm->td->app.says);
    if (vm->is_first && vm->td->is_halted)
        td_reboot(vm->td);
    if (vm->td->is_booting) {
        host->join(host->data, vm);
        return 1;
    }
    return vm->is_first ? 0 : ask_kms(vm, error);
}

/* Counts only: names are the app's, and the console is the host's. */
static void tell_env(struct vm *vm)
{
    const struct td *td = vm->td;

    if (td->env.encrypted.len && td_env_is_ignored(&td->env))
        vm_log_line(console(vm), "dstack-prepare: the encrypted environment is ignored: the app has no KMS");
    else if (td->env.encrypted.len)
        vm_log_line(console(vm), "dstack-prepare: decrypted the environment: %zu variables", td->env.count);
    if (td->env.dropped_count)
        vm_log_line(console(vm), "dstack-prepare: dropped %zu variables that are not in allowed_envs",
                    td->env.dropped_count);
}

static int prepare_disk(struct vm *vm, struct error *error)
{
    const struct td *td = vm->td;
    char info[256], seed_hex[2 * APP_INSTANCE_ID_BYTES + 1] = "", instance_before[sizeof vm->instance_id];

    (void)error;
    memcpy(instance_before, vm->instance_id, sizeof instance_before);
    if (!vm->is_first) /* whose instance id follows from an option */
        hex_encode(vm->instance_seed, sizeof vm->instance_seed, seed_hex);
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): a VM without a TD does not get here */
    hex_encode(td->identity.instance_id, td->identity.instance_id_len, vm->instance_id);
    hex_encode(td->identity.app_id, APP_ID_BYTES, vm->app_id);
    say(vm, vm->has_run ? "mounting data disk" : "initializing data disk");
    snprintf(info, sizeof info, "{\"instance_id_seed\":\"%s\",\"instance_id\":\"%s\",\"app_id\":\"%s\"}",
             seed_hex, vm->instance_id, vm->app_id);
    notify(vm, "instance.info", info);
    if (!vm->is_first && strcmp(instance_before, vm->instance_id) != 0)
        vm_boot_save(vm);
    say(vm, "data disk ready");
    tell_env(vm);
    return 0;
}

static int start_agent(struct vm *vm, struct error *error)
{
    if (vm->vmm->host.open(vm->vmm->host.data, vm, error))
        return -1;
    say(vm, "setting up docker");
    return 0;
}

static int start_containers(struct vm *vm, struct error *error)
{
    const struct vmm_host *host = &vm->vmm->host;

    say(vm, "starting containers");
    return host->launch && !vm->is_first ? host->launch(host->data, vm, error) : 0;
}

static int end_boot(struct vm *vm, struct error *error)
{
    (void)error;
    vm->has_run = true;
    say(vm, "done");
    return 0;
}

static int (*const steps[])(struct vm *vm, struct error *error) = {
    boot_firmware, request_keys, prepare_disk, start_agent, start_containers, end_boot,
};

#define STEPS (sizeof steps / sizeof *steps)
#define AFTER_KEYS 2 /* the step that follows request_keys */
#define OPENING 3    /* the step of start_agent */

/* --- running them --- */

void vm_boot_begin(struct vm *vm)
{
    vm->has_process = vm->is_booting = true;
    vm->is_waiting = false;
    vm->boot_step = 0;
    vm->step_millis = 0;
    vm->started_millis = vmm_state_millis(vm->vmm);
    vm->boot_error[0] = vm->shutdown_progress[0] = '\0';
    snprintf(vm->boot_progress, sizeof vm->boot_progress, "%s", vm->has_run ? "running" : "booting");
    vmm_list_enqueue(vm);
    vm->vmm->host.run_in(vm->vmm->host.data, 0);
}

void vm_boot_adopt(struct vm *vm)
{
    struct error error = {.kind = ERROR_NONE};

    vm->has_run = false;
    (void)boot_firmware(vm, &error);
    if (request_keys(vm, &error) > 0) {
        vm->is_booting = vm->is_waiting = true;
        vm->boot_step = AFTER_KEYS;
        return;
    }
    (void)prepare_disk(vm, &error);
    (void)start_containers(vm, &error);
    (void)end_boot(vm, &error);
}

static void fail(struct vm *vm, const char *sentence)
{
    vm->is_booting = false;
    vm_log_line(console(vm), "dstack-prepare: failed: %s", sentence);
    notify(vm, "boot.error", sentence);
}

/* A fault makes the step of requesting keys fail or wait. Returns how long. */
static uint64_t suffer(struct vm *vm)
{
    struct fault fault;

    if (vm->boot_step != 1 || !faults_take(vm->vmm->faults, VMM_BOOT_FAULT, SPAN_NONE, false, &fault))
        return 0;
    if (fault.status || fault.drop || fault.cut || fault.garbage)
        fail(vm, fault.message[0] ? fault.message : "the boot fails because a fault is set on it");
    return fault.delay_ms;
}

static uint64_t run_step(struct vm *vm)
{
    const int64_t now = vmm_state_millis(vm->vmm);
    struct error error = {.kind = ERROR_NONE};
    uint64_t wait;
    int result;

    if (vm->step_millis > now)
        return (uint64_t)(vm->step_millis - now);
    wait = suffer(vm);
    if (!vm->is_booting)
        return VMM_IDLE;
    result = steps[vm->boot_step](vm, &error);
    if (result < 0) {
        fail(vm, error.text);
        return VMM_IDLE;
    }
    vm->boot_step++;
    vm->step_millis = now + (int64_t)wait;
    vm->is_booting = vm->boot_step < STEPS;
    vm->is_waiting = result > 0;
    return vm->is_booting && !vm->is_waiting ? wait : VMM_IDLE;
}

void vm_boot_resume(struct vm *vm, const char *failure)
{
    if (!vm->is_waiting)
        return;
    vm->is_waiting = false;
    if (failure) {
        fail(vm, failure);
        if (vm->boot_step == AFTER_KEYS)
            take_down(vm);
        return;
    }
    vm->boot_error[0] = '\0';
    vmm_list_enqueue(vm);
    vm->vmm->host.run_in(vm->vmm->host.data, 0);
}

static bool will_restart(const struct vm *vm)
{
    return vm->restart_millis && vm->is_started && !vm->has_process;
}

bool vm_boot_will_open(const struct vm *vm)
{
    return (vm->is_booting && !vm->is_closing && vm->boot_step <= OPENING) || will_restart(vm);
}

void vm_boot_trouble(struct vm *vm, const char *sentence)
{
    if (!vm->is_waiting)
        return;
    vm_log_line(console(vm), "dstack-prepare: failed: %s", sentence);
    notify(vm, "boot.error", sentence);
}

static uint64_t run_restart(struct vm *vm)
{
    int64_t now = vmm_state_millis(vm->vmm);

    if (vm->restart_millis > now)
        return (uint64_t)(vm->restart_millis - now);
    vm->restart_millis = 0;
    vm->restarts++;
    vm->boots++;
    vm_log_line(console(vm), "dstack-vmm: restarting the VM, attempt %u of %u", vm->restarts, RESTARTS_MAX);
    vm_boot_begin(vm);
    return 0;
}

uint64_t vm_boot_run(struct vm *vm)
{
    if (vm->is_booting && !vm->is_closing)
        return run_step(vm);
    if (will_restart(vm))
        return run_restart(vm);
    return VMM_IDLE;
}

/* --- the end --- */

void vm_boot_end(struct vm *vm)
{
    if (vm->is_first) {
        td_halt(vm->td);
    } else if (vm->td) {
        cluster_remove(vm->vmm->cluster, vm->td);
        vm->td = NULL;
    }
}

void vm_boot_plan_restart(struct vm *vm)
{
    int64_t pause = RESTART_PAUSE_MS;

    if (vm->exited_millis - vm->started_millis >= RESTARTS_FORGET_MS)
        vm->restarts = 0;
    if (vm->restarts >= RESTARTS_MAX)
        return;
    for (unsigned i = 0; i < vm->restarts && pause < RESTART_PAUSE_MS_MAX; i++)
        pause *= 2;
    if (pause > RESTART_PAUSE_MS_MAX)
        pause = RESTART_PAUSE_MS_MAX;
    vm->restart_millis = vm->exited_millis + (pause > RESTART_CHECK_MS ? pause : RESTART_CHECK_MS);
    vmm_list_enqueue(vm);
    vm->vmm->host.run_in(vm->vmm->host.data, (uint64_t)(vm->restart_millis - vm->exited_millis));
}
