/* An address that clients connect to, and what answers them there.
 *
 * A listener is opened and closed while the loop runs:
 *
 *   listener_open_* ──▶ OPEN: clients wait ──listener_serve──▶ SERVING ──listener_close──▶ CLOSING ──▶ gone
 *
 * Opening and serving are two steps, because what answers may have to know the port that the
 * system picked. A listener that is closing accepts no more, closes its idle clients, lets the
 * others finish (LIMIT_STOP_MS at most), and is gone, and freed, once the last has left. */
#ifndef NET_LISTENER_H
#define NET_LISTENER_H

#include "sim/base/error.h"
#include "sim/net/listeners.h"

struct listener;

/* Listens on TCP. The listeners are a server's (see server_listeners).
 * host: an IPv4 or IPv6 address without brackets, or a name. Of a name's addresses the
 * first is taken; `localhost` is 127.0.0.1 and, with a port given and where there is one,
 * ::1 as well. port: 0 takes a free one (see listener_address).
 * Each of these returns NULL with a sentence when it cannot listen. */
struct listener *listener_open_tcp(struct listeners *listeners, const char *host, uint16_t port,
                                   struct error *error);

/* On a Unix socket. A socket file that no program answers on is replaced; one in use, and a
 * file that is not a socket, are errors. */
struct listener *listener_open_unix(struct listeners *listeners, const char *path, struct error *error);

/* On a socket that another program opened and passed: TCP or Unix, of streams, listening.
 * The descriptor is taken, also after an error, and set close-on-exec and non-blocking. A
 * Unix socket's file stays when the listener closes, for it belongs to the other program. */
struct listener *listener_open_fd(struct listeners *listeners, int fd, struct error *error);

struct listener_service {
    struct http_handler handler; /* answers every request; its context lives until on_gone */
    void (*on_gone)(void *data); /* the listener and its last client have gone; or NULL */
    void *data;
};

/* Accepts clients from now on. To be called once, from any place but a handler. */
void listener_serve(struct listener *listener, const struct listener_service *service);

/* Closes it, and removes its own socket file; allowed in any state and from a handler, whose
 * response still goes out, as the last of its connection. on_gone is called in a later turn
 * of the loop; until then the pointer may be used, also to close it again. */
void listener_close(struct listener *listener);

/* Closes all of them, and no more can be opened. */
void listener_close_all(struct listeners *listeners);

/* Accepts those who had to wait while there were too many clients. */
void listener_accept_waiting(struct listeners *listeners);

/* Where it can be reached. */
struct listener_address {
    const char *url;  /* "http://127.0.0.1:40001", or NULL for a Unix socket */
    const char *path; /* the socket's path as it was given, or NULL */
};

/* Its index-th address (`localhost` may have two), or false past the last. The texts live as
 * long as the listener. */
bool listener_find_address(const struct listener *listener, size_t index, struct listener_address *address);

#endif
