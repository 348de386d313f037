#include "sim/net/connection.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/net/limits.h"
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

static void process(struct connection *connection, const uint8_t *data, size_t len);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);

/* --- the pool --- */

void connection_pool_init(struct connection_pool *pool, uv_loop_t *loop, struct log *log, struct stats *stats)
{
    *pool = (struct connection_pool){
        .loop = loop,
        .log = log,
        .stats = stats,
        .read_buffer = memory_alloc(LIMIT_READ_BYTES),
    };
    http_shared_init(&pool->http);
}

void connection_pool_free(struct connection_pool *pool)
{
    http_shared_free(&pool->http);
    free(pool->read_buffer);
}

static void join(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    connection->next = pool->first;
    if (pool->first)
        pool->first->previous = connection;
    pool->first = connection;
    pool->count++;
    stats_connected(pool->stats);
}

static void leave(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    if (connection->previous)
        connection->previous->next = connection->next;
    else
        pool->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    pool->count--;
    stats_disconnected(pool->stats);
}

/* --- closing --- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct connection_pool *pool = connection->pool;

    leave(connection);
    pool->held -= connection->held;
    http_session_free(&connection->session);
    buf_free(&connection->unread);
    free(connection->unsent);
    free(connection);
    pool->on_closed(pool->data);
}

/* Brings the pool's account up to date. Returns false when this connection's share would
 * go past what all of them may hold. */
static bool account(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;
    size_t held = connection->session.reader.body.capacity + connection->unread.capacity + connection->unsent_len;
    bool grew = held > connection->held;

    pool->held = pool->held - connection->held + held;
    connection->held = held;
    return !grew || pool->held <= LIMIT_HELD_BYTES;
}

static void close_now(struct connection *connection)
{
    if (connection->state == CLOSED)
        return;
    connection->state = CLOSED;
    uv_close(&connection->socket.handle, on_closed);
}

/* Between requests, with nothing to send. */
static bool is_idle(const struct connection *connection)
{
    return !connection->unsent && !connection->session.reader.in_request;
}

static void set_deadline(struct connection *connection, uint64_t milliseconds)
{
    connection->deadline = uv_now(connection->pool->loop) + milliseconds;
}

static void on_shut_down(uv_shutdown_t *request, int status)
{
    struct connection *connection = request->data;

    if (status < 0)
        close_now(connection);
}

/* After the last response: no more is sent, and what still comes is dropped. */
static void finish(struct connection *connection)
{
    connection->state = DRAINING;
    set_deadline(connection, LIMIT_DRAIN_MS);
    connection->shutdown.data = connection;
    if (uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shut_down) != 0)
        close_now(connection);
}

static void record(const struct connection *connection)
{
    record_answer(connection->pool->log, connection->pool->stats, &connection->session.answer,
                  connection->unix_path ? connection->unix_path : connection->client,
                  (uv_hrtime() - connection->started) / 1000);
}

/* --- sending --- */

static void after_response(struct connection *connection)
{
    if (connection->session.state == HTTP_OVER) {
        finish(connection);
        return;
    }
    set_deadline(connection, connection->session.reader.in_request ? LIMIT_REQUEST_MS : LIMIT_IDLE_MS);
}

/* What came while the response was being written. */
static void process_unread(struct connection *connection)
{
    struct buf waiting = connection->unread;

    buf_init(&connection->unread, SIZE_MAX);
    process(connection, waiting.data, waiting.len);
    buf_free(&waiting);
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct connection *connection = handle->data;

    (void)suggested;
    *buf = uv_buf_init((char *)connection->pool->read_buffer, LIMIT_READ_BYTES);
}

/* A client that takes the pool past what all of them may hold loses its connection. */
static void check_held(struct connection *connection)
{
    if (connection->state == CLOSED || account(connection))
        return;
    log_write(connection->pool->log, LOG_WARN, "a client is dropped: requests and responses in flight hold %u MiB",
              LIMIT_HELD_BYTES >> 20);
    close_now(connection);
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;

    free(connection->unsent);
    connection->unsent = NULL;
    connection->unsent_len = 0;
    account(connection);
    if (connection->state != OPEN)
        return;
    if (status < 0) {
        close_now(connection);
        return;
    }
    after_response(connection);
    if (connection->state == OPEN)
        process_unread(connection);
    if (connection->state == OPEN && connection->session.last && is_idle(connection))
        finish(connection);
    check_held(connection);
    if (connection->state != CLOSED && !connection->unsent)
        uv_read_start(&connection->socket.stream, allocate, on_read);
}

static void keep(struct connection *connection, struct span rest)
{
    connection->unsent = (uint8_t *)memory_copy(rest.data, rest.len);
    connection->unsent_len = rest.len;
    uv_read_stop(&connection->socket.stream);
}

/* Writes what is kept when the socket takes it, in a later turn of the loop. */
static void write_kept(struct connection *connection)
{
    uv_buf_t buf = uv_buf_init((char *)connection->unsent, (unsigned)connection->unsent_len);

    connection->write.data = connection;
    set_deadline(connection, LIMIT_WRITE_MS);
    if (uv_write(&connection->write, &connection->socket.stream, &buf, 1, on_written) != 0)
        close_now(connection);
}

/* Returns true when all of it is on its way and the session may be fed again. later: other
 * clients are to have their turn first. */
static bool send_output(struct connection *connection, bool later)
{
    struct span output = http_session_output(&connection->session);
    uv_buf_t buf = uv_buf_init((char *)output.data, (unsigned)output.len);
    int sent = later ? 0 : uv_try_write(&connection->socket.stream, &buf, 1);
    size_t taken = sent > 0 ? (size_t)sent : 0;

    if (sent < 0 && sent != UV_EAGAIN) {
        close_now(connection);
        return false;
    }
    if (taken == output.len)
        return true;
    keep(connection, span_of(output.data + taken, output.len - taken));
    write_kept(connection);
    return false;
}

/* The same for a response: what a fault does to its way is done here. */
static bool send_response(struct connection *connection, bool later)
{
    const struct http_fault *fault = &connection->session.answer.fault;
    bool sent = false;

    if (fault->delay_ms && !connection->session.last) {
        keep(connection, http_session_output(&connection->session));
        connection->state = WAITING;
        uv_read_start(&connection->socket.stream, allocate, on_read); /* to learn when the client goes */
        set_deadline(connection, fault->delay_ms);
        connection->pool->tick_in(connection->pool->data, fault->delay_ms);
        return false;
    }
    if (fault->drop)
        close_now(connection);
    else
        sent = send_output(connection, later);
    record(connection);
    return sent;
}

/* The time of a delayed response has come. */
static void wait_no_longer(struct connection *connection)
{
    connection->state = OPEN;
    uv_read_stop(&connection->socket.stream);
    if (connection->session.answer.fault.drop)
        close_now(connection);
    else
        write_kept(connection);
    record(connection);
}

/* --- receiving --- */

/* Feeds the session until the input is used up or has to wait. */
static void process(struct connection *connection, const uint8_t *data, size_t len)
{
    unsigned answers = 0;

    while (connection->state == OPEN && len > 0) {
        bool was_in_request = connection->session.reader.in_request, sent = true;
        size_t taken;

        connection->started = uv_hrtime();
        taken = http_session_feed(&connection->session, data, len);
        data += taken;
        len -= taken;
        if (!was_in_request && connection->session.reader.in_request)
            set_deadline(connection, LIMIT_REQUEST_MS);
        if (connection->session.answered)
            sent = send_response(connection, len > 0 && ++answers == LIMIT_TURN_ANSWERS);
        else if (http_session_output(&connection->session).len > 0)
            sent = send_output(connection, false);
        if (!sent) {
            buf_append(&connection->unread, data, len);
            return;
        }
        if (connection->session.answered)
            after_response(connection);
    }
}

/* At the end of input the client has left, or has closed its half: the answer goes out at
 * once, so that nobody who has left keeps a place until its time has come. */
static void stop_waiting(struct connection *connection, ssize_t cause)
{
    if (cause == UV_EOF) {
        wait_no_longer(connection);
        return;
    }
    record(connection);
    close_now(connection);
}

/* Input for later, in bounds: what does not fit stays in the socket. */
static void put_off(struct connection *connection, const uint8_t *data, size_t len)
{
    buf_append(&connection->unread, data, len);
    if (connection->unread.len >= LIMIT_READ_BYTES)
        uv_read_stop(&connection->socket.stream);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct connection *connection = stream->data;

    if (len == 0 || connection->state == CLOSED)
        return;
    if (len < 0 && connection->state == WAITING)
        stop_waiting(connection, len);
    else if (len < 0)
        close_now(connection); /* also at the end of input: all that came before it is answered */
    else if (connection->state == OPEN)
        process(connection, (const uint8_t *)buf->base, (size_t)len);
    else if (connection->state == WAITING)
        put_off(connection, (const uint8_t *)buf->base, (size_t)len);
    check_held(connection);
}

/* --- the life of a connection --- */

static int open_socket(struct connection *connection, uv_stream_t *listener)
{
    uv_loop_t *loop = connection->pool->loop;

    if (connection->unix_path)
        uv_pipe_init(loop, &connection->socket.pipe, 0);
    else
        uv_tcp_init(loop, &connection->socket.tcp);
    connection->socket.handle.data = connection;
    if (uv_accept(listener, &connection->socket.stream) != 0)
        return -1;
    if (!connection->unix_path) {
        uv_tcp_nodelay(&connection->socket.tcp, 1);
        record_name_client(&connection->socket.tcp, connection->client);
    }
    return uv_read_start(&connection->socket.stream, allocate, on_read);
}

void connection_accept(struct connection_pool *pool, uv_stream_t *listener,
                       const struct http_handler *handler, const char *unix_path)
{
    struct connection *connection = memory_zalloc(sizeof *connection);

    connection->pool = pool;
    connection->unix_path = unix_path;
    http_session_init(&connection->session, &pool->http, handler);
    buf_init(&connection->unread, SIZE_MAX);
    set_deadline(connection, LIMIT_IDLE_MS);
    join(connection);
    if (open_socket(connection, listener) != 0)
        close_now(connection);
}

static void on_deadline(struct connection *connection)
{
    if (connection->state == WAITING) {
        wait_no_longer(connection);
        return;
    }
    if (connection->state != OPEN || connection->unsent || is_idle(connection)) {
        close_now(connection);
        return;
    }
    connection->started = uv_hrtime();
    http_session_time_out(&connection->session);
    if (send_response(connection, false))
        finish(connection);
}

static void tick(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    if (connection->state != CLOSED && connection->deadline <= uv_now(pool->loop))
        on_deadline(connection);
    else if (connection->state == WAITING && connection->deadline < pool->soonest)
        pool->soonest = connection->deadline;
}

static void stop(struct connection *connection)
{
    connection->session.last = true;
    if (connection->state == WAITING)
        wait_no_longer(connection);
    else if (connection->state == OPEN && is_idle(connection))
        close_now(connection);
}

/* act may close the connection: it leaves the pool later. */
static void for_each(struct connection_pool *pool, void (*act)(struct connection *connection))
{
    for (struct connection *connection = pool->first; connection; connection = connection->next)
        act(connection);
}

void connection_pool_tick(struct connection_pool *pool)
{
    pool->soonest = UINT64_MAX;
    for_each(pool, tick);
    if (pool->soonest != UINT64_MAX)
        pool->tick_in(pool->data, pool->soonest - uv_now(pool->loop));
}

void connection_pool_stop(struct connection_pool *pool)
{
    for_each(pool, stop);
}

void connection_pool_close(struct connection_pool *pool)
{
    for_each(pool, close_now);
}
