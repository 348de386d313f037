/* What the VMM refuses, and what a failed boot shows. */
#include "test/unit/vmm_fixture.h"

static void assert_refused(struct vmm_fixture *fixture, const struct vm_settings *settings, const char *part)
{
    fixture->error.kind = ERROR_NONE;
    assert_null(vmm_create(fixture->vmm, settings, NULL, false, &fixture->error));
    if (!strstr(fixture->error.text, part))
        fail_msg("expected %s in: %s", part, fixture->error.text);
    assert_int_equal(fixture->vmm->count, 0);
}

static void settings_are_checked(void **state)
{
    struct vmm_fixture *fixture = *state;
    char long_name[VM_NAME_BYTES_MAX + 2];
    struct vm_settings settings;

    settings = vmm_fixture_settings("a/b");
    assert_refused(fixture, &settings, "Invalid name: a/b");
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    settings = vmm_fixture_settings(long_name);
    assert_refused(fixture, &settings, "Invalid name: ");
    settings = vmm_fixture_settings("a");
    settings.vcpu = 0;
    assert_refused(fixture, &settings, "vcpu must be between 1 and 4096, not 0");
    settings = vmm_fixture_settings("a");
    settings.memory_mb = 0;
    assert_refused(fixture, &settings, "memory must be between 1 and");
    settings = vmm_fixture_settings("a");
    settings.image = "dstack-9";
    assert_refused(fixture, &settings, "image not found: dstack-9");
    settings.image = "../x";
    assert_refused(fixture, &settings, "Invalid image name");
    settings = vmm_fixture_settings("a");
    settings.compose.len = VM_COMPOSE_BYTES_MAX + 1;
    assert_refused(fixture, &settings, "compose_file is too large: ");
    settings = vmm_fixture_settings("-_.@~!$^() aZ9");
    assert_non_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
}

static void ports_are_reserved(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm_port ports[] = {
        {.host_port = 8000, .vm_port = 80, .host_address = ""},
        {.host_port = 8000, .vm_port = 81, .host_address = "0.0.0.0"},
        {.host_port = 8000, .vm_port = 81, .host_address = "127.0.0.2"},
        {.is_udp = true, .host_port = 8000, .vm_port = 81, .host_address = ""},
    };
    struct vm_settings settings = vmm_fixture_settings("a");

    settings.ports = ports;
    settings.port_count = 2;
    assert_refused(fixture, &settings, "duplicate host port mapping: tcp:0.0.0.0:8000");
    settings.port_count = 1;
    assert_non_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
    settings.name = "b";
    fixture->error.kind = ERROR_NONE;
    assert_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
    assert_non_null(strstr(fixture->error.text, "host port mapping conflicts with VM "));
    settings.ports = &(struct vm_port){.host_port = 8001, .host_address = ""};
    fixture->error.kind = ERROR_NONE;
    assert_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
    assert_string_equal(fixture->error.text, "a port mapping needs host_port and vm_port from 1 to 65535");
    settings.ports = ports + 2;
    settings.port_count = 2;
    assert_non_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
}

static void a_running_vm_keeps_its_size(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    struct vm_settings settings = vm->settings;

    vmm_fixture_run(fixture);
    settings.vcpu = 2;
    assert_int_equal(vmm_change(vm, &settings, &fixture->error), -1);
    assert_non_null(strstr(fixture->error.text, "vm should be stopped before resize: "));
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    fixture->error.kind = ERROR_NONE;
    assert_int_equal(vmm_change(vm, &settings, &fixture->error), 0);
    assert_int_equal(vm->settings.vcpu, 2);
    settings = vm->settings;
    settings.disk_gb = 1;
    assert_int_equal(vmm_change(vm, &settings, &fixture->error), -1);
    assert_non_null(strstr(fixture->error.text, "cannot shrink the disk from 20 to 1 GB"));
}

static void one_that_is_being_removed_does_not_change(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    struct vm_settings settings = vm->settings;

    vmm_fixture_run(fixture);
    fixture->has_clients = true;
    assert_int_equal(vmm_remove(vm, &fixture->error), 0);
    assert_int_equal(vmm_change(vm, &settings, &fixture->error), -1);
    assert_non_null(strstr(fixture->error.text, "the VM is being removed: "));
    vmm_fixture_leave(fixture);
}

static void there_is_a_limit(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm_settings settings = vmm_fixture_settings("a");
    const size_t count = fixture->vmm->count;

    fixture->vmm->count = VMM_VMS_MAX;
    assert_null(vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error));
    assert_string_equal(fixture->error.text, "there are already 4096 VMs; remove some");
    fixture->vmm->count = count;
}

static void a_new_compose_keeps_the_app_id(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    struct vm_settings settings;
    char app_id[sizeof vm->app_id];
    uint8_t hash[32];

    vmm_fixture_run(fixture);
    strcpy(app_id, vm->app_id);
    memcpy(hash, vm->td->identity.compose_hash, sizeof hash);
    settings = vm->settings;
    settings.compose = span_text("{\"manifest_version\":2,\"name\":\"b\",\"runner\":\"docker-compose\"}");
    assert_int_equal(vmm_change(vm, &settings, &fixture->error), 0);
    assert_memory_equal(vm->td->identity.compose_hash, hash, sizeof hash);
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    vmm_fixture_run(fixture);
    assert_string_equal(vm->app_id, app_id);
    assert_memory_not_equal(vm->td->identity.compose_hash, hash, sizeof hash);
}

static void assert_boot_failed(struct vmm_fixture *fixture, const struct vm *vm, const char *part)
{
    uint64_t position = 0;
    struct span log;

    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    if (!strstr(vm->boot_error, part))
        fail_msg("expected %s in: %s", part, vm->boot_error);
    assert_string_not_equal(vm->boot_progress, "done");
    log = vm_log_read(&vm->logs[VM_CHANNEL_SERIAL], &position);
    assert_non_null(memmem(log.data, log.len, part, strlen(part)));
    assert_string_equal(vm->events[vm->event_count - 1].name, "boot.error");
}

static void a_wrong_compose_fails_the_boot(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm_settings settings = vmm_fixture_settings("a");
    struct vm *vm;

    settings.compose = span_text("[]");
    vm = vmm_create(fixture->vmm, &settings, NULL, false, &fixture->error);
    assert_boot_failed(fixture, vm, "compose_file");
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopped");
}

static void what_cannot_be_served_fails_the_boot(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm *vm = vmm_fixture_create(fixture, "a");

    fixture->open_error = "the path is too long";
    assert_boot_failed(fixture, vm, "the path is too long");
}

/* A boot takes longer than 25 microseconds anywhere. */
static void many_boots_leave_time_for_clients(void **state)
{
    struct vmm_fixture *fixture = *state;
    uint64_t due = 0;

    for (int i = 0; i < 400; i++)
        vmm_fixture_create(fixture, "a");
    while (due == 0)
        due = vmm_run(fixture->vmm);
    assert_int_equal(due, 1);
    assert_string_not_equal(fixture->vmm->last->boot_progress, "done");
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    for (const struct vm *vm = fixture->vmm->first; vm; vm = vm->next)
        assert_string_equal(vm->boot_progress, "done");
}

static void what_the_host_does_not_admit_is_not_started(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm_settings settings = vmm_fixture_settings("a");
    struct vm *vm = vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error);

    fixture->admit_error = "no descriptors are left";
    assert_null(vmm_create(fixture->vmm, &settings, NULL, false, &fixture->error));
    assert_string_equal(fixture->error.text, "no descriptors are left");
    assert_int_equal(fixture->vmm->count, 1);
    assert_int_equal(vmm_start(vm, &fixture->error), -1);
    vmm_fixture_assert_status(vm, "stopped");
    assert_int_equal(vmm_run(fixture->vmm), VMM_IDLE);
    fixture->admit_error = NULL;
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
}

/* It is not done yet once they are open: those are not to be counted twice. */
static void a_boot_opens_listeners_once(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");

    assert_int_equal(vmm_count_unopened(fixture->vmm), 1);
    while (!fixture->open) {
        assert_int_equal(vmm_count_unopened(fixture->vmm), 1);
        assert_int_equal(vmm_run(fixture->vmm), 0);
    }
    assert_string_not_equal(vm->boot_progress, "done");
    assert_int_equal(vmm_count_unopened(fixture->vmm), 0);
    vmm_fixture_run(fixture);
    vmm_kill(vm);
    assert_int_equal(vmm_count_unopened(fixture->vmm), 1); /* it will be restarted */
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    assert_int_equal(vmm_count_unopened(fixture->vmm), 0);
}

static void a_fault_fails_the_boot_once(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct fault fault = {.method = VMM_BOOT_FAULT, .status = 500, .message = "no KMS", .times = 1};
    struct vm *vm = vmm_fixture_create(fixture, "a");

    assert_int_equal(faults_set(&fixture->faults, &fault, &fixture->error), 0);
    assert_boot_failed(fixture, vm, "no KMS");
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    assert_string_equal(vm->boot_error, "");
    vmm_fixture_run(fixture);
    assert_string_equal(vm->boot_progress, "done");
}

static void a_delayed_boot_waits_whoever_else_boots(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct fault fault = {.method = VMM_BOOT_FAULT, .delay_ms = 5000, .times = 1};
    struct vm *slow = vmm_fixture_create(fixture, "slow"), *quick;

    assert_int_equal(faults_set(&fixture->faults, &fault, &fixture->error), 0);
    assert_int_equal(vmm_fixture_run(fixture), 5000);
    quick = vmm_fixture_create(fixture, "quick");
    vmm_fixture_pass(fixture, 1000);
    assert_int_equal(vmm_fixture_run(fixture), 4000);
    assert_string_equal(quick->boot_progress, "done");
    assert_string_equal(slow->boot_progress, "requesting app keys");
    vmm_fixture_pass(fixture, 4000);
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    assert_string_equal(slow->boot_progress, "done");
}

static void events_and_durations(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    char text[64];

    for (int i = 0; i < VM_EVENTS_MAX + 5; i++) {
        snprintf(text, sizeof text, "%d", i);
        vm_notify(vm, "custom", text, 1000 + i);
    }
    assert_int_equal(vm->event_count, VM_EVENTS_MAX);
    assert_string_equal(vm->events[0].body, "5");
    assert_int_equal(vm->events[VM_EVENTS_MAX - 1].millis, 1000 + VM_EVENTS_MAX + 4);
    vm_duration(0, 5, text, sizeof text);
    assert_string_equal(text, "never");
    vm_duration(1000, 1000 + 303 * 1000, text, sizeof text);
    assert_string_equal(text, "5m 3s");
    vm_duration(1000, 1500, text, sizeof text);
    assert_string_equal(text, "0s");
    vm_duration(1, 1 + INT64_C(90061000), text, sizeof text);
    assert_string_equal(text, "1d 1h 1m 1s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VMM_TEST(settings_are_checked),
        VMM_TEST(ports_are_reserved),
        VMM_TEST(a_running_vm_keeps_its_size),
        VMM_TEST(one_that_is_being_removed_does_not_change),
        VMM_TEST(there_is_a_limit),
        VMM_TEST(a_new_compose_keeps_the_app_id),
        VMM_TEST(a_wrong_compose_fails_the_boot),
        VMM_TEST(what_cannot_be_served_fails_the_boot),
        VMM_TEST(a_boot_opens_listeners_once),
        VMM_TEST(a_fault_fails_the_boot_once),
        VMM_TEST(events_and_durations),
        VMM_TEST(a_delayed_boot_waits_whoever_else_boots),
        VMM_TEST(many_boots_leave_time_for_clients),
        VMM_TEST(what_the_host_does_not_admit_is_not_started),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
