/* --healthcheck: is a simulator ready at an address?
 *
 * For container images without another client, and for scripts that wait. */
#ifndef CLI_HEALTHCHECK_H
#define CLI_HEALTHCHECK_H

#include "sim/base/error.h"
#include "sim/cli/healthcheck_spec.h"

/* Sends one request, waiting at most three seconds once the host's name is resolved. Returns 0 if
 * the answer is a 200, or -1 with what went wrong. */
MUST_CHECK int healthcheck_run(const struct healthcheck_spec *spec, struct error *error);

#endif
