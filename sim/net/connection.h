/* One client: a socket on the loop and its HTTP session.
 *
 * A connection reads, feeds the session and sends its output. It stops reading until the
 * socket has accepted the response, so a slow client delays only itself. It closes when
 * the session is over, the client has gone, or a deadline has passed, and frees itself
 * in the last callback. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include "sim/net/connection_origin.h"

/* Accepts the client waiting on the listening socket. */
void connection_accept(struct clients *clients, uv_stream_t *listening,
                       const struct connection_origin *origin);

#endif
