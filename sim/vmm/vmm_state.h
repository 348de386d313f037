/* The state of the VMM; see vmm.h for what changes it. */
#ifndef VMM_VMM_STATE_H
#define VMM_VMM_STATE_H

#include "sim/cluster/cluster.h"
#include "sim/faults/faults.h"
#include "sim/vmm/vm.h"
#include "sim/vmm/vm_image.h"
#include "sim/vmm/vmm_store.h"

#define VMM_VMS_MAX 4096
#define VMM_BUCKETS 1024
#define VMM_BOOT_FAULT "Boot" /* a fault on this makes a boot fail, or last */
#define VMM_IDLE UINT64_MAX

/* What the process lends. */
struct vmm_host {
    /* Whether a VM can be served that is_to_run, now or, if not, ever. Fails with a sentence. */
    int (*admit)(void *data, const struct vm *vm, bool is_to_run, struct error *error);
    /* Serves a TD that has booted. Fails with a sentence, with nothing left open. */
    int (*open)(void *data, struct vm *vm, struct error *error);
    /* Closes its listeners, and calls vmm_closed once no client is left, possibly at once. */
    void (*close)(void *data, struct vm *vm);
    /* Asks for vmm_run in a later iteration of the loop, in that time or sooner. */
    void (*run_in)(void *data, uint64_t milliseconds);
    void *data;
    /* Asks the KMS whether the TD of a VM that boots may have its keys. Returns 1 if vmm_launched follows, 0 if it
     * may, or -1 with the KMS's words. NULL: it may. */
    int (*give_keys)(void *data, struct vm *vm, struct error *error);
    /* Asks a KMS elsewhere for the keys of a VM's TD, which awaits them; vmm_launched follows. NULL: no TD does. */
    void (*join)(void *data, struct vm *vm);
    /* Starts the app's containers. Returns 1 if vmm_launched follows, 0 if there is nothing to wait for, or -1
     * with an error. NULL: no containers are run. */
    int (*launch)(void *data, struct vm *vm, struct error *error);
};

struct vmm {
    struct cluster *cluster;
    struct faults *faults;
    struct vmm_host host;
    struct vmm_store *store; /* or NULL */
    struct vm *first, *last; /* a list, in order of creation; see vmm_list.h */
    size_t count;
    struct vm *by_id[VMM_BUCKETS];
    struct vm *queue_first, *queue_last; /* those that boot or will be restarted */
    size_t queued;
    uint64_t created;        /* VMs created in this run; ids follow from it */
    struct vm_image *images; /* the first is the default */
};

/* Wall clock. */
static inline int64_t vmm_state_millis(const struct vmm *vmm)
{
    return clock_micros(&vmm->cluster->clock) / 1000;
}

#endif
