/* Which engine this machine has. */
#ifndef ENGINE_ENGINE_FIND_H
#define ENGINE_ENGINE_FIND_H

#include <limits.h>
#include <stdbool.h>

#include "sim/base/error.h"

/* How compose is called here. */
struct engine_program {
    char path[PATH_MAX];
    bool has_command; /* as a command of this program: `docker compose`, not `podman-compose` */
};

/* What is on the PATH and works: docker compose, podman compose, podman-compose or docker-compose. Asks each
 * for its version and waits some seconds at most, so it is not for the loop. Fails with a sentence if there
 * is none. */
MUST_CHECK int engine_find(struct engine_program *program, struct error *error);

#endif
