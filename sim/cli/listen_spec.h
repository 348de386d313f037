/* The argument of --listen: ADDR[=SERVICES].
 *
 * ADDR is PORT, HOST:PORT, [v6]:PORT or unix:PATH; without a host it is
 * 127.0.0.1. SERVICES is a comma list of the names below or `all`, and all when
 * left out. A unix path that holds a '=' needs the services spelled out behind
 * it, because the last '=' is taken for theirs. */
#ifndef CLI_LISTEN_SPEC_H
#define CLI_LISTEN_SPEC_H

#include <stddef.h>
#include <stdint.h>

#include "sim/base/error.h"

/* A listener offers a set of these. */
enum service_bit {
    SERVICE_DSTACK = 1 << 0,
    SERVICE_TAPPD = 1 << 1,
    SERVICE_WORKER = 1 << 2,
    SERVICE_GUEST = 1 << 3,
    SERVICE_KMS = 1 << 4,
    SERVICE_COLLATERAL = 1 << 5,
    SERVICE_VERIFIER = 1 << 6,
    SERVICE_SIMULATOR = 1 << 7,
    SERVICE_ALL = (1 << 8) - 1,
};

enum listen_kind { LISTEN_TCP, LISTEN_UNIX };

/* A path has to fit sun_path with its NUL; a host name has at most 253 characters. */
enum { LISTEN_SPEC_PATH_MAX = 107, LISTEN_SPEC_HOST_MAX = 253 };

struct listen_spec {
    enum listen_kind kind;
    char address[LISTEN_SPEC_HOST_MAX + 1]; /* host name or address without brackets; or the socket's path */
    uint16_t port;                          /* 0 takes a free one; 0 with LISTEN_UNIX */
    unsigned services;                      /* set of enum service_bit, never empty */
};

/* Returns 0, or -1 with a sentence that says what was wrong with `text`. A name
 * is checked for its characters only, not looked up. */
MUST_CHECK int listen_spec_parse(struct listen_spec *spec, const char *text, struct error *error);

/* The set of enum service_bit that SERVICES stands for, 0 if it is no such list. */
unsigned listen_spec_services(const char *names);

/* The name of the service with bit 1 << index, or NULL past the last one. */
const char *listen_spec_service_name(size_t index);

#endif
