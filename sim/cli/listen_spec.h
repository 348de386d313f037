/* The argument of --listen: ADDR[=SERVICES].
 *
 * ADDR is PORT, HOST:PORT, [v6]:PORT or unix:PATH; the default host is 127.0.0.1. SERVICES is a
 * comma-separated list of names from services/registry.h, or `all`, which is the default. A Unix
 * path that contains a '=' must be followed by services, because the last '=' starts them. */
#ifndef CLI_LISTEN_SPEC_H
#define CLI_LISTEN_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"

enum listen_kind { LISTEN_TCP, LISTEN_UNIX };

/* A path must fit into sun_path with its NUL; a host name has at most 253 characters. */
enum { LISTEN_SPEC_PATH_MAX = 107, LISTEN_SPEC_HOST_MAX = 253 };

struct listen_spec {
    enum listen_kind kind;
    char address[LISTEN_SPEC_HOST_MAX + 1]; /* host name or address without brackets; or the socket's path */
    uint16_t port;                          /* 0 takes a free one; 0 with LISTEN_UNIX */
    unsigned services;                      /* a set (see registry.h), never empty */
    bool names_services;                    /* they were named, and not by `all` */
};

/* Returns 0, or -1 with a sentence that says what is wrong with `text`. Of a host name only the
 * characters are checked; it is not looked up. */
MUST_CHECK int listen_spec_parse(struct listen_spec *spec, const char *text, struct error *error);

/* Reads SERVICES. Returns 0, or -1 with a sentence. */
MUST_CHECK int listen_spec_parse_services(struct listen_spec *spec, const char *names, struct error *error);

#endif
