/* Reads what vm_record_write wrote. It checks every member, because the file may come from anywhere. */
#ifndef VMM_VM_RECORD_READ_H
#define VMM_VM_RECORD_READ_H

#include "sim/vmm/vm.h"

/* Makes the VM, without a process and in no list; is_started says whether it is to run. Free it with
 * vm_free. Returns NULL with an error that names the member. */
struct vm *vm_record_read(struct span text, struct error *error);

#endif
