/* The owner of listeners and connections on one event loop.
 *
 * Life: server_new, server_listen_* as often as wanted, the loop runs,
 * server_stop, the loop runs until the done callback, server_free. After that
 * the server holds no handle of the loop. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <uv.h>

#include "sim/base/error.h"
#include "sim/base/log.h"
#include "sim/http/exchange.h"
#include "sim/watch/stats.h"

struct server;

/* Loop, log and stats outlive the server. Ignores SIGPIPE for the process unless it has a
 * handler for it. Raise RLIMIT_NOFILE first: clients wait once it is nearly used up. */
struct server *server_new(uv_loop_t *loop, struct log *log, struct stats *stats);

/* Listens on every kind of request `handler` answers; the handler is copied, its
 * context outlives the server.
 *
 * host: an IPv4 or IPv6 address without brackets, or a name. Of a name's addresses
 * the first is taken; `localhost` is 127.0.0.1 and, with a port given and where
 * there is one, ::1. port: 0 takes a free one (see server_endpoint).
 * Returns 0, or -1 with a sentence. */
MUST_CHECK int server_listen_tcp(struct server *server, const char *host, uint16_t port,
                                 const struct http_handler *handler, struct error *error);

/* The same on a Unix socket. A socket file nobody answers on is replaced; one in
 * use, and a file that is no socket, are errors. */
MUST_CHECK int server_listen_unix(struct server *server, const char *path, const struct http_handler *handler,
                                  struct error *error);

/* The same on a socket that another program opened and passed: TCP or Unix, of streams,
 * listening. The descriptor is taken, also after an error, and set close-on-exec and
 * non-blocking. A Unix socket's file stays when the server stops: it is not its own. */
MUST_CHECK int server_listen_fd(struct server *server, int fd, const struct http_handler *handler,
                                struct error *error);

/* Where a listener can be reached. */
struct server_endpoint {
    const char *url;  /* "http://127.0.0.1:40001", or NULL for a Unix socket */
    const char *path; /* the socket's path as it was given, or NULL */
};

/* The index-th endpoint in the order of listening (`localhost` may be two in a
 * row), or false past the last. The texts live as long as the server. */
bool server_endpoint(const struct server *server, size_t index, struct server_endpoint *endpoint);

/* Stops listening, removes its own socket files, closes idle clients and finishes
 * requests in flight, which have LIMIT_STOP_MS. Calls done(data), unless done is
 * NULL, once everything is closed; that is always after server_stop has returned. */
void server_stop(struct server *server, void (*done)(void *data), void *data);

/* Allowed once done has been called; also with NULL. */
void server_free(struct server *server);

#endif
