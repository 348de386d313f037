/* A VMM whose host is the test: it keeps count of what is open, and its clock can be moved. */
#ifndef TEST_VMM_FIXTURE_H
#define TEST_VMM_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/vmm/vmm.h"

#define COMPOSE "{\"manifest_version\":2,\"name\":\"a\",\"runner\":\"docker-compose\"}"

struct vmm_fixture {
    struct cluster *cluster;
    struct faults faults;
    struct vmm *vmm;
    size_t open;      /* VMs that are served */
    bool has_clients; /* closing takes until vmm_fixture_leave */
    struct vm *closing;
    const char *open_error;  /* why the next one cannot be served */
    const char *admit_error; /* and why it is not even tried */
    uint64_t run_in;
    struct error error;
};

static inline int vmm_fixture_admit(void *data, const struct vm *vm, bool is_to_run, struct error *error)
{
    const struct vmm_fixture *fixture = data;

    assert_false(vm->has_process);
    return is_to_run && fixture->admit_error ? error_internal(error, "%s", fixture->admit_error) : 0;
}

static inline int vmm_fixture_open(void *data, struct vm *vm, struct error *error)
{
    struct vmm_fixture *fixture = data;

    assert_non_null(vm->td);
    if (fixture->open_error)
        return error_input(error, "%s", fixture->open_error);
    fixture->open++;
    return 0;
}

static inline void vmm_fixture_leave(struct vmm_fixture *fixture)
{
    struct vm *vm = fixture->closing;

    fixture->closing = NULL;
    vmm_closed(vm);
}

static inline void vmm_fixture_close(void *data, struct vm *vm)
{
    struct vmm_fixture *fixture = data;

    if (fixture->open)
        fixture->open--;
    fixture->closing = vm;
    if (!fixture->has_clients)
        vmm_fixture_leave(fixture);
}

static inline void vmm_fixture_run_in(void *data, uint64_t milliseconds)
{
    ((struct vmm_fixture *)data)->run_in = milliseconds;
}

static inline struct vmm_host vmm_fixture_host(struct vmm_fixture *fixture)
{
    return (struct vmm_host){
        .admit = vmm_fixture_admit,
        .open = vmm_fixture_open,
        .close = vmm_fixture_close,
        .run_in = vmm_fixture_run_in,
        .data = fixture,
    };
}

/* Runs until nothing is to be done at once, or after a pause for clients. Returns in how long something
 * is. */
static inline uint64_t vmm_fixture_run(struct vmm_fixture *fixture)
{
    uint64_t due = 0;

    for (int i = 0; i < 10000 && due <= 1; i++)
        due = vmm_run(fixture->vmm);
    assert_true(due > 1);
    return due;
}

static inline void vmm_fixture_pass(struct vmm_fixture *fixture, int64_t milliseconds)
{
    fixture->cluster->clock.fixed_micros += milliseconds * 1000;
}

static inline int vmm_fixture_set_up(void **state)
{
    struct vmm_fixture *fixture = calloc(1, sizeof *fixture);
    struct cluster_config config;
    struct os_image image;

    cluster_config_init(&config);
    config.clock.fixed_micros = INT64_C(1700000000) * 1000000;
    fixture->cluster = cluster_new(&config, &fixture->error);
    if (!fixture->cluster)
        return -1;
    fixture->vmm = vmm_new(&(struct vmm_config){
        .cluster = fixture->cluster,
        .faults = &fixture->faults,
        .host = vmm_fixture_host(fixture),
    });
    if (os_image_parse(&image, os_image_embedded(OS_IMAGE_LINE_0_5), &fixture->error))
        return -1;
    vmm_add_image(fixture->vmm, vm_image_new("dstack-0.5.11", &image, NULL));
    *state = fixture;
    return 0;
}

static inline int vmm_fixture_tear_down(void **state)
{
    struct vmm_fixture *fixture = *state;

    vmm_free(fixture->vmm);
    cluster_free(fixture->cluster);
    free(fixture);
    return 0;
}

static inline struct vm_settings vmm_fixture_settings(const char *name)
{
    return (struct vm_settings){
        .name = name,
        .image = "dstack-0.5.11",
        .compose = span_text(COMPOSE),
        .vcpu = 1,
        .memory_mb = 2048,
        .disk_gb = 20,
        .user_config = "",
    };
}

static inline struct vm *vmm_fixture_create(struct vmm_fixture *fixture, const char *name)
{
    const struct vm_settings settings = vmm_fixture_settings(name);
    struct vm *vm = vmm_create(fixture->vmm, &settings, NULL, false, &fixture->error);

    if (!vm)
        fail_msg("%s", fixture->error.text);
    return vm;
}

static inline void vmm_fixture_assert_status(const struct vm *vm, const char *expected)
{
    assert_string_equal(vm_status_name(vm_status_of(vm)), expected);
}

#define VMM_TEST(name) cmocka_unit_test_setup_teardown(name, vmm_fixture_set_up, vmm_fixture_tear_down)

#endif
