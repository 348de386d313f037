/* Where an app is reached through a gateway (dstack, VmInfo.app_url). */
#ifndef VMM_VM_URL_H
#define VMM_VM_URL_H

#include "sim/vmm/vm.h"

#define VM_URL_AGENT_PORT 8090 /* of a guest, where external.sock's services are */

/* https://INSTANCE-PORT.DOMAIN, in the arena: for an app whose compose file asks for a gateway, once it has an
 * instance id, with the domain and port of the VM's own first gateway URL. NULL if one of these is missing:
 * this host has no gateway of its own. */
char *vm_url_of_app(const struct vm *vm, struct arena *arena);

#endif
