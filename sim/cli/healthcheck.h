/* --healthcheck: is a simulator ready at an address?
 *
 * For container images that have no other client in them, and for scripts that wait. */
#ifndef CLI_HEALTHCHECK_H
#define CLI_HEALTHCHECK_H

#include "sim/base/error.h"
#include "sim/cli/listen_spec.h"
#include "sim/cli/options.h"

#define HEALTHCHECK_PATH "/readyz"

enum { HEALTHCHECK_PATH_MAX = 256 };

struct healthcheck_target {
    struct listen_spec spec;             /* its services say nothing here */
    char path[HEALTHCHECK_PATH_MAX + 1]; /* what is asked for: HEALTHCHECK_PATH unless a URL has a path */
};

/* address: http://HOST[:PORT][/PATH], the path of a socket, or what --listen takes.
 * Returns 0, or -1 with a sentence. */
MUST_CHECK int healthcheck_parse(struct healthcheck_target *target, const char *address, struct error *error);

/* Asks options->healthcheck, or the first --listen address when that is empty, waiting
 * three seconds at the most once the host's name is known. Returns 0 if the answer is
 * 200, or -1 with what went wrong. */
MUST_CHECK int healthcheck_run(const struct options *options, struct error *error);

#endif
