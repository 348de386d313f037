/* A VM that has something in every member that is kept. */
#ifndef TEST_VM_RECORD_FIXTURE_H
#define TEST_VM_RECORD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/vmm/vm_record_read.h"
#include "sim/vmm/vm_record_write.h"

static inline struct vm *vm_record_fixture_new(void)
{
    static const struct vm_port ports[] = {{true, 53, 5353, ""}, {false, 8080, 8090, "0.0.0.0"}};
    static const struct vm_network networks[] = {{"user", ""}, {"bridge", "br0"}};
    static const char *const kms[] = {"https://kms"}, *const gateways[] = {"https://g1", "https://g2"},
                             *const slots[] = {"01:00.0"};
    const struct vm_settings settings = {
        .name = "a (b) $c",
        .image = "dstack-0.5.11",
        .compose = span_text("{\"name\":\"\xc3\xa4\\n\x7f\"}\n"),
        .vcpu = 3,
        .memory_mb = 4096,
        .disk_gb = 21,
        .ports = ports,
        .port_count = 2,
        .encrypted_env = span_of("\0\xff\x10", 3),
        .user_config = "{\"a\":1}",
        .kms_urls = {kms, 1},
        .gateway_urls = {gateways, 2},
        .gpu_slots = {slots, 1},
        .gpu_attach_mode = "listed",
        .networks = networks,
        .network_count = 2,
        .simulated_tee = "tdx",
        .has_hugepages = true,
        .is_numa_pinned = true,
        .has_no_tee = true,
    };
    struct vm *vm = vm_new(&settings);

    strcpy(vm->id, "01234567-89ab-4def-8123-456789abcdef");
    strcpy(vm->app_id, "0123456789012345678901234567890123456789");
    strcpy(vm->instance_id, "abcdefabcdefabcdefabcdefabcdefabcdefabcd");
    memset(vm->instance_seed, 0x5a, sizeof vm->instance_seed);
    vm->run = 7;
    vm->number = 12;
    vm->is_started = vm->has_run = true;
    vm->boots = 3;
    vm->saved_run = 8;
    vm->started_millis = 1700000000001;
    vm->exited_millis = 1700000000002;
    vm_notify(vm, "boot.progress", "done", 1700000000003);
    vm_notify(vm, "other", "\"quoted\"", 1700000000004);
    strcpy(vm->boot_error, "an error that was");
    strcpy(vm->shutdown_progress, "powering off");
    return vm;
}

static inline void vm_record_fixture_write(const struct vm *vm, struct buf *out)
{
    buf_init(out, VM_RECORD_BYTES_MAX);
    vm_record_write(vm, out);
    assert_false(out->has_overflowed);
}

#endif
