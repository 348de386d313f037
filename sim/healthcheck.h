/* --healthcheck: is a simulator serving at the first --listen address?
 *
 * For container images that have no other client in them. */
#ifndef HEALTHCHECK_H
#define HEALTHCHECK_H

#include "sim/base/error.h"
#include "sim/options.h"

/* Asks for its version, waiting a few seconds at the most. Returns 0, or -1 with what
 * went wrong. */
int healthcheck_run(const struct options *options, struct error *error);

#endif
