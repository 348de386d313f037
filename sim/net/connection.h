/* One client: a socket on the loop and the HTTP session behind it.
 *
 * A connection reads, feeds the session and sends its output. While a response is not
 * taken by the socket it stops reading, so a slow client holds only its own
 * response. It closes when the session is over, the client has gone, or a deadline
 * has passed, and frees itself in the last callback. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include "sim/net/clients.h"

/* Where clients come in; outlives its connections, and owns them in the pool: pool_end with
 * it closes those between requests, and the others after theirs, in LIMIT_STOP_MS at most. */
struct connection_origin {
    struct http_handler handler;
    const char *unix_path;         /* the listening socket's, or NULL for TCP */
    void (*on_closed)(void *data); /* after a connection has left the pool */
    void *data;
};

/* Accepts the client that waits on the listening socket. */
void connection_accept(struct clients *clients, uv_stream_t *listening,
                       const struct connection_origin *origin);

#endif
