/* The file by which dstack's vmm-cli.py finds a VMM of this user: dstack-vmm/<uuid>.json in the user's
 * runtime directory, XDG_RUNTIME_DIR, which is /run/user/<uid>. */
#ifndef PROCESS_DISCOVERY_H
#define PROCESS_DISCOVERY_H

#include <limits.h>

#include "sim/process/endpoints.h"

/* All zero: there is no file. */
struct discovery {
    char path[PATH_MAX];
};

/* Writes the file if the VMM is served and there is a runtime directory. It is of use to few, so what fails
 * is left at that. */
void discovery_write(struct discovery *discovery, const struct endpoints *endpoints, int64_t now_seconds);

/* Removes the file. */
void discovery_remove(struct discovery *discovery);

#endif
