/* The life of deployed TDs. */
#include "test/unit/vmm_fixture.h"

static void a_deployment_boots_into_a_td(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "web");

    vmm_fixture_assert_status(vm, "running");
    assert_string_equal(vm->boot_progress, "booting");
    assert_int_equal(fixture->run_in, 0);
    assert_null(vm->td);
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    assert_string_equal(vm->boot_progress, "done");
    assert_string_equal(vm->boot_error, "");
    assert_non_null(vm->td);
    assert_int_equal(fixture->open, 1);
    assert_int_equal(strlen(vm->app_id), 40);
    assert_int_equal(strlen(vm->instance_id), 40);
    assert_ptr_equal(vmm_find(fixture->vmm, vm->id, &fixture->error), vm);
    assert_ptr_equal(vmm_find_td(fixture->vmm, vm->td), vm);
}

static void its_id_is_a_uuid_that_repeats(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm *vm = vmm_fixture_create(fixture, "a"), *other = vmm_fixture_create(fixture, "b");
    const size_t dashes[] = {8, 13, 18, 23};

    assert_string_not_equal(vm->id, other->id);
    assert_int_equal(strlen(vm->id), VM_ID_LEN);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(vm->id[dashes[i]], '-');
    assert_int_equal(vm->id[14], '4');
    assert_non_null(strchr("89ab", vm->id[19]));
}

static void two_of_one_app_have_different_instances(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm *vm = vmm_fixture_create(fixture, "a"), *other = vmm_fixture_create(fixture, "b");

    vmm_fixture_run(fixture);
    assert_string_equal(vm->app_id, other->app_id);
    assert_string_not_equal(vm->instance_id, other->instance_id);
    assert_memory_not_equal(vm->td->state.registers.rtmr[3], other->td->state.registers.rtmr[3], 48);
}

static void a_stopped_one_waits_for_its_start(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm_settings settings = vmm_fixture_settings("later");
    struct vm *vm = vmm_create(fixture->vmm, &settings, NULL, true, &fixture->error);

    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    vmm_fixture_assert_status(vm, "stopped");
    assert_null(vm->td);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    vmm_fixture_run(fixture);
    vmm_fixture_assert_status(vm, "running");
    assert_non_null(vm->td);
}

static void stop_and_start_keep_the_instance(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    char instance[sizeof vm->instance_id];

    vmm_fixture_run(fixture);
    strcpy(instance, vm->instance_id);
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopped");
    assert_null(vm->td);
    assert_int_equal(fixture->open, 0);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    assert_string_equal(vm->boot_progress, "running");
    vmm_fixture_run(fixture);
    assert_string_equal(vm->instance_id, instance);
    assert_non_null(vm->td);
}

static void a_td_with_clients_stops_when_they_have_gone(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");

    vmm_fixture_run(fixture);
    fixture->has_clients = true;
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopping");
    assert_non_null(vm->td);
    assert_int_equal(vmm_stop(vm, &fixture->error), 0); /* once more changes nothing */
    vmm_fixture_leave(fixture);
    vmm_fixture_assert_status(vm, "stopped");
    assert_null(vm->td);
}

static void a_start_while_stopping_restarts(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");

    vmm_fixture_run(fixture);
    fixture->has_clients = true;
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "running");
    vmm_fixture_leave(fixture);
    vmm_fixture_assert_status(vm, "running");
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    assert_non_null(vm->td);
    assert_string_equal(vm->boot_progress, "done");
}

static void shutdown_is_said(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");

    vmm_fixture_run(fixture);
    assert_int_equal(vmm_shut_down(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopped");
    assert_string_equal(vm->shutdown_progress, "powering off");
}

static void removal_takes_everything(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a"), *other = vmm_fixture_create(fixture, "b");
    char id[sizeof vm->id];

    vmm_fixture_run(fixture);
    strcpy(id, vm->id);
    fixture->has_clients = true;
    assert_int_equal(vmm_remove(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "removing");
    vmm_fixture_leave(fixture);
    assert_null(vmm_find(fixture->vmm, id, &fixture->error));
    assert_non_null(strstr(fixture->error.text, "VM not found: "));
    assert_int_equal(fixture->vmm->count, 1);
    fixture->has_clients = false;
    assert_int_equal(vmm_remove(other, &fixture->error), 0);
    assert_int_equal(fixture->vmm->count, 0);
    assert_null(fixture->cluster->first);
}

static void one_that_exits_is_restarted_a_few_times(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *vm = vmm_fixture_create(fixture, "a");
    uint64_t pause = 0;

    vmm_fixture_run(fixture);
    for (int i = 0; i < 5; i++) {
        vmm_kill(vm);
        vmm_fixture_assert_status(vm, "exited");
        pause = vmm_fixture_run(fixture);
        assert_in_range(pause, 20000, 300000);
        vmm_fixture_pass(fixture, (int64_t)pause);
        vmm_fixture_run(fixture);
        vmm_fixture_assert_status(vm, "running");
    }
    assert_int_equal(pause, 80000);
    vmm_kill(vm);
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    vmm_fixture_assert_status(vm, "exited");
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    vmm_fixture_run(fixture);
    vmm_fixture_pass(fixture, 300000);
    vmm_kill(vm);
    assert_int_equal(vmm_fixture_run(fixture), 20000);
}

static void the_first_td_cannot_be_removed(void **state)
{
    struct vmm_fixture *fixture = *state;
    const struct vm_settings settings = vmm_fixture_settings("first");
    struct td_config config;
    struct td *td;
    struct vm *vm;

    td_config_init(&config);
    td = cluster_add(fixture->cluster, &config, &fixture->error);
    vmm_adopt(fixture->vmm, td, &settings);
    vm = fixture->vmm->first;
    vmm_fixture_assert_status(vm, "running");
    assert_string_equal(vm->boot_progress, "done");
    assert_int_equal(strlen(vm->instance_id), 40);
    assert_int_equal(vmm_remove(vm, &fixture->error), -1);
    assert_int_equal(vmm_stop(vm, &fixture->error), 0);
    vmm_fixture_assert_status(vm, "stopped");
    assert_ptr_equal(fixture->cluster->first, td);
    assert_int_equal(vmm_start(vm, &fixture->error), 0);
    vmm_fixture_run(fixture);
    assert_ptr_equal(vm->td, td);
    assert_int_equal(fixture->open, 1);
}

static int launch(void *data, struct vm *vm, struct error *error)
{
    (void)data;
    return strcmp(vm->settings.name, "never") == 0 ? error_input(error, "no engine") : 1;
}

static void a_boot_waits_for_its_containers(void **state)
{
    struct vmm_fixture *fixture = *state;
    struct vm *good, *bad, *never, *stopped;

    fixture->vmm->host.launch = launch;
    good = vmm_fixture_create(fixture, "good");
    bad = vmm_fixture_create(fixture, "bad");
    never = vmm_fixture_create(fixture, "never");
    stopped = vmm_fixture_create(fixture, "stopped");
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    assert_string_equal(good->boot_progress, "starting containers");
    assert_string_equal(never->boot_error, "no engine");
    vmm_launched(good, NULL);
    vmm_launched(bad, "no image");
    assert_int_equal(vmm_stop(stopped, &fixture->error), 0);
    vmm_launched(stopped, NULL);
    assert_int_equal(vmm_fixture_run(fixture), VMM_IDLE);
    assert_string_equal(good->boot_progress, "done");
    assert_string_equal(bad->boot_error, "no image");
    vmm_fixture_assert_status(bad, "running");
    vmm_fixture_assert_status(stopped, "stopped");
    vmm_launched(good, "too late");
    assert_string_equal(good->boot_error, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        VMM_TEST(a_deployment_boots_into_a_td),
        VMM_TEST(its_id_is_a_uuid_that_repeats),
        VMM_TEST(two_of_one_app_have_different_instances),
        VMM_TEST(a_stopped_one_waits_for_its_start),
        VMM_TEST(stop_and_start_keep_the_instance),
        VMM_TEST(a_td_with_clients_stops_when_they_have_gone),
        VMM_TEST(a_start_while_stopping_restarts),
        VMM_TEST(shutdown_is_said),
        VMM_TEST(removal_takes_everything),
        VMM_TEST(one_that_exits_is_restarted_a_few_times),
        VMM_TEST(the_first_td_cannot_be_removed),
        VMM_TEST(a_boot_waits_for_its_containers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
