/* dstack's VMM on a simulated host: deployments, each of which is a TD of the cluster.
 *
 * The VMM decides what runs; its host opens and closes the listeners of a TD and calls vmm_run when
 * it is due. All functions run on the loop's thread. Errors have the texts of the real VMM where
 * it has one. */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include "sim/vmm/vmm_state.h"

struct vmm_config {
    struct cluster *cluster;
    struct faults *faults;
    struct vmm_host host;
    struct vmm_store *store; /* outlives the VMM; NULL: nothing is kept */
};

struct vmm *vmm_new(const struct vmm_config *config);
/* The host must have closed all listeners. TDs stay with the cluster. */
void vmm_free(struct vmm *vmm);

/* Takes ownership. The first one is the default. One of the same name is replaced. */
void vmm_add_image(struct vmm *vmm, struct vm_image *image);

/* Makes the cluster's first TD, which runs, a VM that cannot be removed. settings: what it would
 * have been deployed with. */
void vmm_adopt(struct vmm *vmm, struct td *td, const struct vm_settings *settings);

/* Takes the VMs of the store over, after vmm_adopt, and starts those that are to run. The first TD is stopped
 * if it was. The report names what is left out. */
void vmm_load(struct vmm *vmm, const struct vmm_store_report *report);

/* NULL with the error "VM not found: <id>" if there is none. */
struct vm *vmm_find(const struct vmm *vmm, const char *id, struct error *error);

/* The VM of a TD, or NULL. */
struct vm *vmm_find_td(const struct vmm *vmm, const struct td *td);

/* Deploys a TD and, unless is_stopped, starts it. app_id: 40 hex digits, or NULL: the first ones
 * of the compose file's hash. Returns NULL with an error; then nothing has changed. */
struct vm *vmm_create(struct vmm *vmm, const struct vm_settings *settings, const char *app_id,
                      bool is_stopped, struct error *error);

/* What follows fails where the change cannot be saved in the store; then nothing has changed. */

/* Starts a VM that does not run; one that runs stays as it is. Its boot takes place in vmm_run. */
MUST_CHECK int vmm_start(struct vm *vm, struct error *error);

/* Ends a VM at once: its listeners close. */
MUST_CHECK int vmm_stop(struct vm *vm, struct error *error);

/* Ends the process but not the wish that it runs: it will be restarted. */
void vmm_kill(struct vm *vm);

/* What GuestApi.Shutdown does: the guest says that it powers off, and stops. */
MUST_CHECK int vmm_shut_down(struct vm *vm, struct error *error);

/* What a guest says to its host: vm_notify, kept if there is a store. */
void vmm_notify(struct vm *vm, const char *event, const char *body);

/* Removes a VM once it has stopped. Also fails for the first TD. */
MUST_CHECK int vmm_remove(struct vm *vm, struct error *error);

/* Replaces what a VM is deployed with from its next start on. Also fails if sizes or image change
 * while it runs, and if the disk shrinks. */
MUST_CHECK int vmm_change(struct vm *vm, const struct vm_settings *settings, struct error *error);

/* Called by the host: what the boot of a VM waits for has come or, with a sentence, will not. */
void vmm_launched(struct vm *vm, const char *failure);

/* Called by the host: a VM waits on, because of this. */
void vmm_troubled(struct vm *vm, const char *sentence);

/* Called by the host: the TD of this VM has no listener and no client any more. */
void vmm_closed(struct vm *vm);

/* Boots what is to boot, one step of each VM, and restarts what has exited. Returns in how many
 * milliseconds it is due again, or VMM_IDLE. */
uint64_t vmm_run(struct vmm *vmm);

/* How many VMs vmm_run will still have listeners opened for. */
size_t vmm_count_unopened(const struct vmm *vmm);

#endif
