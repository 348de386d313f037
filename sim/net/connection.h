/* One client: a socket on the loop and the HTTP session behind it.
 *
 * A connection reads, feeds the session and sends its output. While a response is not
 * taken by the socket it stops reading, so a slow client holds only its own
 * response. It closes when the session is over, the client has gone, or a deadline
 * has passed, and frees itself in the last callback. */
#ifndef NET_CONNECTION_H
#define NET_CONNECTION_H

#include <uv.h>

#include "sim/base/log.h"
#include "sim/http/http_session.h"
#include "sim/watch/stats.h"

struct connection;

/* What the connections of one server share. */
struct connection_pool {
    uv_loop_t *loop;
    struct log *log;
    struct stats *stats;
    struct http_shared http;
    uint8_t *read_buffer; /* LIMIT_READ_BYTES: reads are handled one at a time */
    struct connection *first;
    size_t count;
    uint64_t soonest;              /* deadline of a response that waits */
    size_t held;                   /* bytes of requests and responses that the connections hold */
    void (*on_closed)(void *data); /* after a connection has left the pool */
    void (*tick_in)(void *data, uint64_t milliseconds); /* wants connection_pool_tick as soon as that */
    void *data;
};

/* Loop, log and stats outlive the pool. The callbacks are set by the owner afterwards. */
void connection_pool_init(struct connection_pool *pool, uv_loop_t *loop, struct log *log,
                          struct stats *stats);
void connection_pool_free(struct connection_pool *pool);

/* Accepts the client that waits on the listener. unix_path: the listener's, or NULL
 * for TCP; outlives the connection. */
void connection_accept(struct connection_pool *pool, uv_stream_t *listener,
                       const struct http_handler *handler, const char *unix_path);

/* Closes the connections whose deadlines have passed, and sends the responses that have
 * waited long enough. */
void connection_pool_tick(struct connection_pool *pool);

/* Closes the connections that are between requests, and the others after theirs;
 * responses wait no longer. */
void connection_pool_stop(struct connection_pool *pool);

/* Closes all of them now. */
void connection_pool_close(struct connection_pool *pool);

#endif
