/* GET /logs?id=VM: the console of a VM, as the VMM serves it (dstack-vmm: /logs).
 *
 * ch: serial (the default), stdout or stderr. lines: how many of the last ones, 10000 by default.
 * follow: go on until the client leaves, with a line of life after a minute of silence. ansi: keep
 * escape sequences. */
#ifndef PAGES_VM_LOGS_H
#define PAGES_VM_LOGS_H

#include "sim/rpc/router.h"
#include "sim/site/site.h"

void vm_logs_add(const struct site *site, struct router *router);

#endif
