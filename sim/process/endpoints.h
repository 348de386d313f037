/* The addresses the simulator serves on: from options, and the sockets that a service
 * manager passes, to open listeners.
 *
 * Listeners are opened before the TD exists, because its certificates name the port that a
 * listener got; they serve once it does. */
#ifndef PROCESS_ENDPOINTS_H
#define PROCESS_ENDPOINTS_H

#include "sim/base/buf.h"
#include "sim/cli/listen_spec.h"
#include "sim/cli/options.h"
#include "sim/net/listener.h"
#include "sim/net/server.h"
#include "sim/process/service_manager.h"
#include "sim/services/routes.h"

/* A listener and what it offers; on the heap, freed when the listener has gone. */
struct endpoint {
    struct endpoint *next;
    struct endpoints *endpoints;
    struct listener *listener;
    struct listen_spec spec;
    struct site site;
    struct router *router;
};

/* In the order of opening. */
struct endpoints {
    struct server *server;
    bool no_control; /* the Simulator is served nowhere */
    struct endpoint *first;
};

/* Opens the passed sockets and every listener of the options; where sockets are passed,
 * only those options count that were given. The server outlives the endpoints. After an
 * error, server_stop closes those that were opened. */
MUST_CHECK int endpoints_open(struct endpoints *endpoints, struct server *server,
                              const struct service_manager *manager, const struct options *options,
                              struct error *error);

/* What a passed socket of that name serves: the services that it lists, what the socket of
 * --socket-dir with that name has, or everything. */
void endpoints_set_services(struct listen_spec *spec, const char *name);

/* Starts serving everywhere, as the site says; each listener has a copy of it, with
 * has_control as its services have it, and shut_down only where GuestApi was asked for. */
void endpoints_serve(struct endpoints *endpoints, const struct site *site);

/* Opens one more while the loop runs, and serves that site on it as above. */
MUST_CHECK int endpoints_add(struct endpoints *endpoints, const struct listen_spec *spec,
                             const struct site *site, struct error *error);

/* Closes the listeners of a TD. */
void endpoints_close_td(struct endpoints *endpoints, const struct td *td);

/* Frees what is left once the server has stopped. */
void endpoints_free(struct endpoints *endpoints);

/* The index-th address of all endpoints, or false past the last. */
bool endpoints_address(const struct endpoints *endpoints, size_t index, struct listener_address *address);

/* The first TCP endpoint as clients of this machine reach it, or the default one. */
void endpoints_public_url(const struct endpoints *endpoints, char *url, size_t size);
/* What that will be with these options, unless it is a free port that the system picks. */
void endpoints_expected_url(const struct options *options, char *url, size_t size);

/* The whole path of a Unix socket, as clients that were started elsewhere need it.
 * room: PATH_MAX bytes. */
const char *endpoints_path(const struct listener_address *address, char *room);

/* What --ready-file gets: {"pid": N, "endpoints": [{"url": ...}, {"path": ...}]}. */
void endpoints_write_ready(const struct endpoints *endpoints, struct buf *out);

/* Whether the first endpoint shows the dashboard. */
bool endpoints_have_dashboard(const struct endpoints *endpoints);

/* One line for people: where it serves. */
void endpoints_status(const struct endpoints *endpoints, char *text, size_t size);

#endif
