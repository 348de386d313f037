/* A connection from the inside: for connection.c, which moves its bytes, and
 * connection_pool.c, which looks after all of them. */
#ifndef NET_CONNECTION_INSIDE_H
#define NET_CONNECTION_INSIDE_H

#include "sim/net/connection.h"
#include "sim/net/record.h"

/* Who may read and write when:
 *   OPEN      reading, unless `unsent` is being written
 *   WAITING   `unsent` is a response that a fault delays until the deadline
 *   DRAINING  the last response is written: input is read and dropped until the client
 *             closes, lest a reset overtake the response
 *   CLOSED    uv_close has been called; every late callback does nothing */
enum connection_state { OPEN, WAITING, DRAINING, CLOSED };

struct connection {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct connection_pool *pool;
    struct connection *next, *previous;
    struct http_session session;
    enum connection_state state;
    uint64_t deadline; /* uv_now */
    uint64_t started;  /* uv_hrtime when the request answered last was complete */
    struct buf unread; /* input that waits for a response to be taken */
    uint8_t *unsent;   /* the part of a response being written, or that waits; or NULL */
    size_t unsent_len;
    size_t held; /* its share of pool->held */
    uv_write_t write;
    uv_shutdown_t shutdown;
    const char *unix_path;
    char client[RECORD_CLIENT_BYTES]; /* for the log; without a name for a Unix socket's */
};

/* --- what connection.c does for the pool --- */

/* Closes it now; it leaves the pool in a later turn of the loop. */
void connection_close(struct connection *connection);

/* Between requests, with nothing to send. */
bool connection_is_idle(const struct connection *connection);

/* The time of a delayed response has come. */
void connection_wait_no_longer(struct connection *connection);

void connection_on_deadline(struct connection *connection);

/* --- and the pool for it --- */

void connection_pool_join(struct connection *connection);
void connection_pool_leave(struct connection *connection);

/* Brings the pool's account up to date. Returns false when this connection's share would
 * go past what all of them may hold. */
bool connection_pool_account(struct connection *connection);

/* The same, and the connection is lost when it would. */
void connection_pool_check(struct connection *connection);

#endif
