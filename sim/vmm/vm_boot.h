/* The boot of a deployed TD, step by step as its host sees it, and its restarts. Private to vmm/. */
#ifndef VMM_VM_BOOT_H
#define VMM_VM_BOOT_H

#include "sim/vmm/vm.h"

/* The VM's process starts; vm_boot_run does the rest. vm->boots counts this boot already. */
void vm_boot_begin(struct vm *vm);

/* Saves a VM that has changed without anyone having asked for it. If it cannot be saved, its console
 * says so, and it runs on. */
void vm_boot_save(struct vm *vm);

/* Says of a TD that already runs what its boot would have said. */
void vm_boot_adopt(struct vm *vm);

/* One step. Returns in how many milliseconds the next is due, or VMM_IDLE. */
uint64_t vm_boot_run(struct vm *vm);

/* Whether it will still open listeners, in its boot or when it is restarted. */
bool vm_boot_will_open(const struct vm *vm);

/* Goes on with a boot that waits for keys or containers or, with a sentence, ends it. */
void vm_boot_resume(struct vm *vm, const char *failure);

/* Says why a boot goes on waiting. */
void vm_boot_trouble(struct vm *vm, const char *sentence);

/* The process has ended: its TD is removed from the cluster. */
void vm_boot_end(struct vm *vm);

/* A VM that exited by itself is restarted with growing pauses, a few times. */
void vm_boot_plan_restart(struct vm *vm);

#endif
