/* --healthcheck: checks whether a simulator is ready at an address.
 *
 * For container images without another HTTP client, and for scripts that wait. */
#ifndef CLI_HEALTHCHECK_H
#define CLI_HEALTHCHECK_H

#include "sim/base/error.h"
#include "sim/cli/healthcheck_spec.h"

/* Sends one request and waits at most three seconds after resolving the host name. Returns 0 if
 * the response is a 200, or -1 with an error. */
MUST_CHECK int healthcheck_run(const struct healthcheck_spec *spec, struct error *error);

#endif
