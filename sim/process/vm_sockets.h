/* The directories in which deployed TDs have their sockets: <socket dir>/vms/<id>. */
#ifndef PROCESS_VM_SOCKETS_H
#define PROCESS_VM_SOCKETS_H

#include <limits.h>

#include "sim/cli/options.h"

/* The path of one, or with id NULL of their parent. options: with a socket_dir, here and below. */
void vm_sockets_path(const struct options *options, const char *id, char path[static PATH_MAX]);

/* Whether the paths of its sockets will not be too long; fails with a sentence. */
MUST_CHECK int vm_sockets_check(const struct options *options, const char *id, struct error *error);

MUST_CHECK int vm_sockets_make(const struct options *options, const char *id, struct error *error);

/* Removes one that is empty, and the parent with the last. */
void vm_sockets_remove(const struct options *options, const char *id);

/* Removes what a simulator that was killed has left: sockets that refuse connections, and their
 * directories. */
void vm_sockets_sweep(const struct options *options);

#endif
