/* The VMM's VMs, in order of creation and by id. Private to vmm/. */
#ifndef VMM_VMM_LIST_H
#define VMM_VMM_LIST_H

#include "sim/vmm/vmm_state.h"

/* Appends a VM, which then belongs to the VMM. */
void vmm_list_add(struct vmm *vmm, struct vm *vm);

/* Takes a VM out of the list, and out of the queue. */
void vmm_list_remove(struct vm *vm);

/* The VM with that id, or NULL. */
struct vm *vmm_list_find(const struct vmm *vmm, const char *id);

/* --- the queue: what vmm_run has to look at --- */

/* A VM that is in it already stays where it is. */
void vmm_list_enqueue(struct vm *vm);

/* The one that has waited longest, taken out; NULL if there is none. */
struct vm *vmm_list_dequeue(struct vmm *vmm);

#endif
