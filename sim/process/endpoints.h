/* The addresses that the simulator serves: opens listeners from options and from the sockets
 * that a service manager passes.
 *
 * Listeners are opened before the TD exists, because its certificates contain the port of a
 * listener; they start serving afterwards. */
#ifndef PROCESS_ENDPOINTS_H
#define PROCESS_ENDPOINTS_H

#include "sim/cli/listen_spec.h"
#include "sim/cli/options.h"
#include "sim/net/listener.h"
#include "sim/net/server.h"
#include "sim/process/service_manager.h"
#include "sim/services/app_version.h"
#include "sim/services/routes.h"
#include "sim/tsm/tsm_gate.h"

#define ENDPOINTS_BUCKETS 1024

/* A listener and what it serves; on the heap, freed when the listener has gone. */
struct endpoint {
    struct endpoint *next, *previous;
    struct endpoints *endpoints;
    struct listener *listener;
    struct listen_spec spec;
    bool is_kms;         /* that of --kms-listen, over TLS */
    bool is_socket_file; /* one of socket_files.h */
    struct site site;
    struct router *router;
    struct app_version app_version;
    struct tsm_gate tsm_gate;
    struct http_hosts hosts; /* that are served on TCP besides the usual ones */
    bool is_of_td;           /* a socket of --socket-dir that belongs to the first TD */
    void *owner;             /* what it is closed with; NULL: the program */
    struct endpoint *next_of_bucket;
};

struct endpoints {
    struct server *server;
    const struct options *options;                /* outlive it */
    struct endpoint *first, *last;                /* in order of opening */
    struct endpoint *by_owner[ENDPOINTS_BUCKETS]; /* those that have one */

    struct tsm_dir *tsm;              /* set by the owner before endpoints_serve, or NULL */
    const struct tls_config *kms_tls; /* set by the owner, with --kms-listen, before endpoints_serve */

    /* Set by the owner: the last endpoint of an owner has gone. */
    void (*on_released)(void *data, void *owner);
    void *data;
};

/* Opens the passed sockets and every listener of the options; if sockets are passed, the
 * options' default listeners are not opened. Server and options must outlive the endpoints. After
 * an error, server_stop closes those that were opened. */
MUST_CHECK int endpoints_open(struct endpoints *endpoints, struct server *server,
                              const struct service_manager *manager, const struct options *options,
                              struct error *error);

/* Starts serving everywhere. Each listener gets a copy of the site, with has_control and has_vmm set
 * according to its services, is_strict and is_reduced according to the options, and shut_down only if its
 * services were named. */
void endpoints_serve(struct endpoints *endpoints, const struct site *site);

/* Opens another endpoint while the loop runs and serves the site on it as above. */
MUST_CHECK int endpoints_add(struct endpoints *endpoints, const struct listen_spec *spec,
                             const struct site *site, void *owner, struct error *error);

/* Makes an owner that of the first TD's sockets in --socket-dir. */
void endpoints_give(struct endpoints *endpoints, void *owner);

/* The last URL of an owner's endpoints; returns false if there is none. */
bool endpoints_find_owned(const struct endpoints *endpoints, const void *owner,
                          struct listener_address *address);

/* Closes the endpoints of an owner. Returns whether there are any, in which case on_released
 * follows in a later iteration of the loop. */
bool endpoints_close_owned(struct endpoints *endpoints, void *owner);

/* Frees the remaining endpoints once the server has stopped. */
void endpoints_free(struct endpoints *endpoints);

/* The index-th address of all endpoints; returns false past the last. */
bool endpoints_address(const struct endpoints *endpoints, size_t index, struct listener_address *address);

/* The first TCP address, or the first Unix socket, that offers any service of a set without TLS; returns
 * false if there is none. */
bool endpoints_find(const struct endpoints *endpoints, unsigned services, bool is_tcp,
                    struct listener_address *address);

/* The absolute path of a Unix socket, for clients with another working directory.
 * room: PATH_MAX bytes. */
const char *endpoints_path(const struct listener_address *address, char *room);

#endif
