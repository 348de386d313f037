/* An address that clients connect to, and the handler of their requests.
 *
 * A listener is opened and closed while the loop runs:
 *
 *   listener_open_* ──▶ OPEN: clients wait ──listener_serve──▶ SERVING ──listener_close──▶ CLOSING ──▶ gone
 *
 * Opening and serving are two steps, because the handler may need to know the port that the
 * system picked. A closing listener accepts no more clients, closes idle ones, lets the others
 * finish (LIMIT_STOP_MS at most), and is freed once the last one has gone. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "sim/base/error.h"
#include "sim/net/listeners.h"

struct listener;

/* Listens on TCP. For listeners see server_listeners.
 * host: an IPv4 or IPv6 address without brackets, or a name, whose first address is used;
 * `localhost` means 127.0.0.1 and, unless port is 0, also ::1 if available.
 * port: 0 picks a free one (see listener_find_address).
 * All listener_open_* functions return NULL with an error if they cannot listen. */
struct listener *listener_open_tcp(struct listeners *listeners, const char *host, uint16_t port,
                                   struct error *error);

/* Listens on a Unix socket. Replaces a socket file that no program listens on; one in use, and
 * a file that is not a socket, are errors.
 * mode: the file's permissions, whatever the umask: who may write to it may connect. */
struct listener *listener_open_unix(struct listeners *listeners, const char *path, unsigned mode,
                                    struct error *error);

/* Serves a listening stream socket, TCP or Unix, that another program opened and passed on.
 * Takes ownership of the descriptor, even on error, and sets it close-on-exec and non-blocking.
 * Closing the listener does not remove a Unix socket's file, which belongs to the other program. */
struct listener *listener_open_fd(struct listeners *listeners, int fd, struct error *error);

struct listener_service {
    const struct tls_config *tls; /* speak TLS, as this server; or NULL. Lives until on_gone */
    struct http_handler handler;  /* answers every request; its context lives until on_gone */
    void (*on_gone)(void *data);  /* called once the listener and its last client have gone; or NULL */
    void *data;
};

/* Starts accepting clients. Call it once, but not from a handler. */
void listener_serve(struct listener *listener, const struct listener_service *service);

/* Closes the listener and removes the socket file that it created. Allowed in any state, and from
 * a handler, whose response is still sent, as the last of its connection. on_gone is called in a
 * later iteration of the loop; until then the pointer stays valid, even to close it again. */
void listener_close(struct listener *listener);

/* Closes all listeners; no more can be opened. */
void listener_close_all(struct listeners *listeners);

/* Accepts clients that had to wait while there were too many. */
void listener_accept_waiting(struct listeners *listeners);

/* Where a listener can be reached. */
struct listener_address {
    const char *url;  /* "http://127.0.0.1:40001", https once it serves TLS, or NULL for a Unix socket */
    const char *path; /* the socket's path as given, or NULL */
};

/* The index-th address (`localhost` may have two); returns false past the last. The strings live
 * as long as the listener. */
bool listener_find_address(const struct listener *listener, size_t index, struct listener_address *address);

#endif
