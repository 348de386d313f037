/* A deployed VM as JSON, for the state directory: its settings, its seeds, and what has become of it.
 *
 * Every member of struct vm_settings has its place here; vm_record_read.h is the way back. */
#ifndef VMM_VM_RECORD_WRITE_H
#define VMM_VM_RECORD_WRITE_H

#include "sim/base/buf.h"
#include "sim/vmm/vm.h"

#define VM_RECORD_VERSION 1
#define VM_RECORD_BYTES_MAX (64u * 1024 * 1024) /* the largest request, with every byte escaped */

/* Appends the record. */
void vm_record_write(const struct vm *vm, struct buf *out);

#endif
