/* The addresses the simulator serves on: from options to open listeners.
 *
 * Listeners are opened before the TD exists, because its certificates name the
 * port that a listener got; their services are set once it does, before the loop
 * runs. */
#ifndef ENDPOINTS_H
#define ENDPOINTS_H

#include "sim/base/buf.h"
#include "sim/listen_spec.h"
#include "sim/net/server.h"
#include "sim/options.h"
#include "sim/routes.h"

#define ENDPOINTS_MOST 68 /* 64 of --listen and the four sockets */

struct endpoint {
    unsigned services;
    struct http_handler handler;
    struct router *router;
};

struct endpoints {
    struct server *server;
    struct endpoint list[ENDPOINTS_MOST];
    size_t count;
};

/* Opens every listener of the options; the server outlives the endpoints. After an
 * error, server_stop closes those that were opened. */
int endpoints_open(struct endpoints *endpoints, struct server *server, const struct options *options,
                   struct error *error);

/* Gives each listener its services. */
void endpoints_route(struct endpoints *endpoints, struct services *services);
void endpoints_free(struct endpoints *endpoints);

/* The first TCP endpoint as clients of this machine reach it, or the default one. */
void endpoints_public_url(const struct endpoints *endpoints, char *url, size_t size);
/* What that will be with these options, unless it is a free port that the system picks. */
void endpoints_expected_url(const struct options *options, char *url, size_t size);

/* What --ready-file gets: {"pid": N, "endpoints": [{"url": ...}, {"path": ...}]}. */
void endpoints_write_ready(const struct endpoints *endpoints, struct buf *out);

#endif
