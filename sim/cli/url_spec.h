/* The URLs that options take: SCHEME://HOST[:PORT][/PATH]. */
#ifndef CLI_URL_SPEC_H
#define CLI_URL_SPEC_H

#include "sim/base/error.h"
#include "sim/cli/listen_spec.h"

enum { URL_SPEC_PATH_MAX = 256, URL_SPEC_HTTP_PORT = 80, URL_SPEC_HTTPS_PORT = 443 };

struct url_spec {
    char host[LISTEN_SPEC_HOST_MAX + 1]; /* a name, or an address without brackets */
    uint16_t port;
    char path[URL_SPEC_PATH_MAX + 1]; /* as given: empty, or begins with a slash or '?' */
};

/* Reads a URL of that scheme, such as "https", whose port is optional. Returns 0, or -1 with a sentence that says
 * what is wrong with it. */
MUST_CHECK int url_spec_parse(struct url_spec *spec, const char *scheme, uint16_t default_port,
                              const char *text, struct error *error);

/* "host:port" or "[v6]:port", as a Host header has it. */
#define URL_SPEC_HOST_BYTES (LISTEN_SPEC_HOST_MAX + 10)
void url_spec_host(const struct url_spec *spec, char host[static URL_SPEC_HOST_BYTES]);

#endif
