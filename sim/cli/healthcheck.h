/* --healthcheck: is a simulator ready at an address?
 *
 * For container images that have no other client in them, and for scripts that wait. */
#ifndef CLI_HEALTHCHECK_H
#define CLI_HEALTHCHECK_H

#include "sim/base/error.h"
#include "sim/cli/healthcheck_spec.h"

/* Asks there, waiting three seconds at the most once the host's name is known. Returns 0 if
 * the answer is 200, or -1 with what went wrong. */
MUST_CHECK int healthcheck_run(const struct healthcheck_spec *spec, struct error *error);

#endif
