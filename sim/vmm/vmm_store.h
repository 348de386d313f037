/* What the VMM keeps in its state directory: a file for each deployed VM (vm_record_write.h), and
 * one, vmm.json, for what concerns all of them.
 *
 * The VMM saves a VM before it answers a request that changed it, see file_store.h for what that
 * promises. Without a state directory the store is NULL, and every function does nothing. */
#ifndef VMM_VMM_STORE_H
#define VMM_VMM_STORE_H

#include "sim/cluster/cluster.h"
#include "sim/vmm/vm.h"

struct vmm_store;

/* Says in a sentence what is wrong with the directory but keeps nothing from running. */
struct vmm_store_report {
    void (*say)(void *data, const char *sentence);
    void *data;
};

/* Opens the directory and counts this run. The report says if it was made with another seed than this
 * cluster's. Returns NULL with an error. */
struct vmm_store *vmm_store_open(const char *path, const struct cluster *cluster,
                                 const struct vmm_store_report *report, struct error *error);
void vmm_store_close(struct vmm_store *store);

/* The number of this run: greater than that of any before. The first one is 0, as without a store. */
uint64_t vmm_store_run(const struct vmm_store *store);

/* The VMs in the directory, oldest first, as vm_record_read makes them, at most `most`; the caller owns
 * the list. The report names each file that is left out, and why. */
struct vm *vmm_store_load(const struct vmm_store *store, size_t most, const struct vmm_store_report *report);

/* Saves a VM as it is now, unless it is being removed. */
MUST_CHECK int vmm_store_save(struct vmm_store *store, struct vm *vm, struct error *error);

/* Forgets a VM. */
MUST_CHECK int vmm_store_remove(struct vmm_store *store, const struct vm *vm, struct error *error);

/* Whether the first TD is to run, which options describe and no file. */
bool vmm_store_first_is_started(const struct vmm_store *store);

#endif
