/* One client: a socket on the loop and its HTTP session.
 *
 * A connection reads, feeds the session and sends its output. It stops reading until the
 * socket has accepted the response, so a slow client delays only itself. It closes when
 * the session is over, the client has gone, or a deadline has passed, and frees itself
 * in the last callback. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include "sim/net/clients.h"

/* Where clients connect. It outlives its connections and owns them in the pool: pool_end with
 * it closes idle ones at once and the others after their request, in LIMIT_STOP_MS at most. */
struct connection_origin {
    struct http_handler handler;
    const char *unix_path;         /* the listening socket's, or NULL for TCP */
    void (*on_closed)(void *data); /* after a connection has left the pool */
    void *data;
};

/* Accepts the client waiting on the listening socket. */
void connection_accept(struct clients *clients, uv_stream_t *listening,
                       const struct connection_origin *origin);

#endif
