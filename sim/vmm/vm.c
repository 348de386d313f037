#include "sim/vmm/vm.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"

struct vm *vm_new(const struct vm_settings *settings)
{
    struct vm *vm = memory_zalloc(sizeof *vm);

    arena_init(&vm->arena);
    vm->settings = vm_settings_copy(settings, &vm->arena);
    for (size_t i = 0; i < VM_CHANNELS; i++)
        vm_log_init(&vm->logs[i]);
    return vm;
}

void vm_free(struct vm *vm)
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

enum vm_status vm_status_of(const struct vm *vm)
{
    if (vm->is_removed)
        return VM_REMOVING;
    if (vm->is_started)
        return vm->has_process ? VM_RUNNING : VM_EXITED;
    return vm->has_process ? VM_STOPPING : VM_STOPPED;
}

const char *vm_status_name(enum vm_status status)
{
    static const char *const names[] = {"running", "stopping", "stopped", "exited", "removing"};

    return names[status];
}

void vm_duration(int64_t since_millis, int64_t now, char *out, size_t size)
{
    int64_t seconds = now > since_millis ? (now - since_millis) / 1000 : 0;
    static const struct {
        int64_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    size_t len = 0;

    if (!since_millis) {
        snprintf(out, size, "never");
        return;
    }
    for (size_t i = 0; i < sizeof units / sizeof *units && len < size; i++) {
        int64_t count = seconds / units[i].seconds;

        seconds %= units[i].seconds;
        if (count || (len == 0 && units[i].unit == 's'))
            len += (size_t)snprintf(out + len, size - len, "%s%lld%c", len ? " " : "", (long long)count,
                                    units[i].unit);
    }
}

/* As much as fits, and no part of a character in UTF-8. */
static void show(char shown[static VM_PROGRESS_BYTES], const char *body)
{
    size_t len = strlen(body);

    if (len >= VM_PROGRESS_BYTES) {
        len = VM_PROGRESS_BYTES - 1;
        while (len > 0 && ((uint8_t)body[len] & 0xc0) == 0x80)
            len--;
    }
    memcpy(shown, body, len);
    shown[len] = '\0';
}

static void record(struct vm *vm, const char *event, const char *body, int64_t now)
{
    struct vm_event *recorded;

    if (vm->event_count == VM_EVENTS_MAX) {
        free(vm->events[0].body);
        memmove(vm->events, vm->events + 1, (VM_EVENTS_MAX - 1) * sizeof *vm->events);
        vm->event_count--;
    }
    recorded = &vm->events[vm->event_count++];
    snprintf(recorded->name, sizeof recorded->name, "%s", event);
    recorded->body = memory_copy(body, strlen(body));
    recorded->millis = now;
}

void vm_notify(struct vm *vm, const char *event, const char *body, int64_t now)
{
    static const char *const names[] = {"boot.progress", "boot.error", "shutdown.progress"};
    char *const shown[] = {vm->boot_progress, vm->boot_error, vm->shutdown_progress};

    if (strlen(body) > VM_EVENT_BODY_BYTES_MAX)
        return;
    record(vm, event, body, now);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(event, names[i]) == 0)
            show(shown[i], body);
}
