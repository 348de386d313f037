#include "sim/vmm/vmm_list.h"

#include "sim/base/fnv1a.h"

static size_t bucket_of(const char *id)
{
    return fnv1a(id, strlen(id)) % VMM_BUCKETS;
}

void vmm_list_add(struct vmm *vmm, struct vm *vm)
{
    struct vm **bucket = &vmm->by_id[bucket_of(vm->id)];

    vm->vmm = vmm;
    vm->next = NULL;
    vm->previous = vmm->last;
    *(vmm->last ? &vmm->last->next : &vmm->first) = vm;
    vmm->last = vm;
    vm->next_of_bucket = *bucket;
    *bucket = vm;
    vmm->count++;
}

static void leave_queue(struct vm *vm)
{
    struct vmm *vmm = vm->vmm;

    if (!vm->is_queued)
        return;
    *(vm->queue_previous ? &vm->queue_previous->queue_next : &vmm->queue_first) = vm->queue_next;
    *(vm->queue_next ? &vm->queue_next->queue_previous : &vmm->queue_last) = vm->queue_previous;
    vm->is_queued = false;
    vmm->queued--;
}

void vmm_list_remove(struct vm *vm)
{
    struct vmm *vmm = vm->vmm;
    struct vm **at = &vmm->by_id[bucket_of(vm->id)];

    leave_queue(vm);
    while (*at != vm)
        at = &(*at)->next_of_bucket;
    *at = vm->next_of_bucket;
    *(vm->previous ? &vm->previous->next : &vmm->first) = vm->next;
    *(vm->next ? &vm->next->previous : &vmm->last) = vm->previous;
    vmm->count--;
}

struct vm *vmm_list_find(const struct vmm *vmm, const char *id)
{
    struct vm *vm = vmm->by_id[bucket_of(id)];

    while (vm && strcmp(vm->id, id) != 0)
        vm = vm->next_of_bucket;
    return vm;
}

void vmm_list_enqueue(struct vm *vm)
{
    struct vmm *vmm = vm->vmm;

    if (vm->is_queued)
        return;
    vm->is_queued = true;
    vm->queue_next = NULL;
    vm->queue_previous = vmm->queue_last;
    *(vmm->queue_last ? &vmm->queue_last->queue_next : &vmm->queue_first) = vm;
    vmm->queue_last = vm;
    vmm->queued++;
}

struct vm *vmm_list_dequeue(struct vmm *vmm)
{
    struct vm *vm = vmm->queue_first;

    if (vm)
        leave_queue(vm);
    return vm;
}
