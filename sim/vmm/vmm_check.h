/* Whether a VM may be what is asked for. Private to vmm/. Errors have the texts of the real VMM where it
 * has one. */
#ifndef VMM_VMM_CHECK_H
#define VMM_VMM_CHECK_H

#include "sim/vmm/vmm_state.h"

/* Settings of a VM, or with self NULL of one to be: by themselves, their image, and their ports. */
MUST_CHECK int vmm_check_settings(const struct vmm *vmm, const struct vm *self,
                                  const struct vm_settings *settings, struct error *error);

/* That no other VM has their ports, not a stopped one either: a mapping is reserved until its VM is
 * removed. */
MUST_CHECK int vmm_check_ports(const struct vmm *vmm, const struct vm *self,
                               const struct vm_settings *settings, struct error *error);

/* New settings of a VM. */
MUST_CHECK int vmm_check_change(const struct vm *vm, const struct vm_settings *settings, struct error *error);

#endif
