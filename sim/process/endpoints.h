/* The addresses the simulator serves on: from options, and the sockets that a service
 * manager passes, to open listeners.
 *
 * Listeners are opened before the TD exists, because its certificates name the
 * port that a listener got; their services are set once it does, before the loop
 * runs. */
#ifndef PROCESS_ENDPOINTS_H
#define PROCESS_ENDPOINTS_H

#include "sim/base/buf.h"
#include "sim/cli/listen_spec.h"
#include "sim/cli/options.h"
#include "sim/net/server.h"
#include "sim/process/routes.h"
#include "sim/process/service_manager.h"

#define ENDPOINTS_MAX (68 + SERVICE_MANAGER_SOCKETS_MAX) /* 64 of --listen, the four sockets, passed ones */

struct endpoint {
    unsigned services;
    struct http_handler handler;
    struct router *router;
};

struct endpoints {
    struct server *server;
    struct endpoint list[ENDPOINTS_MAX];
    size_t count;
};

/* Opens the passed sockets and every listener of the options; where sockets are passed,
 * only those options count that were given. The server outlives the endpoints. After an
 * error, server_stop closes those that were opened. */
MUST_CHECK int endpoints_open(struct endpoints *endpoints, struct server *server,
                              const struct service_manager *manager, const struct options *options,
                              struct error *error);

/* What a passed socket of that name serves (set of enum service_bit): the services that
 * it lists, what the socket of --socket-dir with that name has, or everything. */
unsigned endpoints_services_of(const char *name);

/* Gives each listener its services. */
void endpoints_route(struct endpoints *endpoints, struct services *services);
void endpoints_free(struct endpoints *endpoints);

/* The first TCP endpoint as clients of this machine reach it, or the default one. */
void endpoints_public_url(const struct endpoints *endpoints, char *url, size_t size);
/* What that will be with these options, unless it is a free port that the system picks. */
void endpoints_expected_url(const struct options *options, char *url, size_t size);

/* The whole path of a Unix socket, as clients that were started elsewhere need it.
 * room: PATH_MAX bytes. */
const char *endpoints_path(const struct server_endpoint *endpoint, char *room);

/* What --ready-file gets: {"pid": N, "endpoints": [{"url": ...}, {"path": ...}]}. */
void endpoints_write_ready(const struct endpoints *endpoints, struct buf *out);

/* One line for people: where it serves. */
void endpoints_status(const struct endpoints *endpoints, char *text, size_t size);

#endif
