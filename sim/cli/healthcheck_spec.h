/* The argument of --healthcheck: http://HOST[:PORT][/PATH], the path of a socket, or what
 * --listen takes. */
#ifndef CLI_HEALTHCHECK_SPEC_H
#define CLI_HEALTHCHECK_SPEC_H

#include "sim/base/error.h"
#include "sim/cli/url_spec.h"

#define HEALTHCHECK_SPEC_PATH "/readyz"

enum { HEALTHCHECK_SPEC_PATH_MAX = URL_SPEC_PATH_MAX };

struct healthcheck_spec {
    const char *address;                      /* as it was given, for errors; the caller's */
    struct listen_spec listen;                /* its services are unused */
    char path[HEALTHCHECK_SPEC_PATH_MAX + 1]; /* HEALTHCHECK_SPEC_PATH unless a URL has a path */
};

/* address must outlive *spec. Returns 0, or -1 with a sentence that says what is wrong with it. */
MUST_CHECK int healthcheck_spec_parse(struct healthcheck_spec *spec, const char *address,
                                      struct error *error);

/* Checks that a request can be sent there, which fails for port 0. */
MUST_CHECK int healthcheck_spec_check(const struct healthcheck_spec *spec, struct error *error);

#endif
