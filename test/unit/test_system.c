/* What the machine says of itself, against what it can be asked in other ways. */
#include "sim/host/system.h"

#include <sys/sysinfo.h>

#include "test/unit/vectors.h"

static void memory_and_processors_are_the_machines(void **state)
{
    struct host_system system;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    system_read(&system, &arena);
    assert_int_equal(system.num_cpus, get_nprocs());
    assert_true(system.total_memory > 0);
    assert_true(system.used_memory + system.available_memory == system.total_memory);
    assert_true(system.free_memory <= system.total_memory);
    assert_true(system.used_swap + system.free_swap == system.total_swap);
    assert_true(system.uptime > 0);
    arena_free(&arena);
}

static void texts_are_never_missing(void **state)
{
    struct host_system system;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    system_read(&system, &arena);
    assert_non_null(system.os_name);
    assert_non_null(system.os_version);
    assert_non_null(system.cpu_model);
    assert_true(strlen(system.kernel_version) > 0);
    arena_free(&arena);
}

static void disks_are_mounted_devices(void **state)
{
    struct host_system system;
    struct arena arena;

    (void)state;
    arena_init(&arena);
    system_read(&system, &arena);
    for (size_t i = 0; i < system.disk_count; i++) {
        assert_int_equal(system.disks[i].name[0], '/');
        assert_int_equal(system.disks[i].mount_point[0], '/');
        assert_true(system.disks[i].free_size <= system.disks[i].total_size);
    }
    arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_processors_are_the_machines),
        cmocka_unit_test(texts_are_never_missing),
        cmocka_unit_test(disks_are_mounted_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
