#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/connection_inside.h"

static void process(struct connection *connection, const uint8_t *data, size_t len);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);

/* --- closing --- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct connection_pool *pool = connection->pool;

    connection_pool_leave(connection);
    pool->held -= connection->held;
    http_session_free(&connection->session);
    buf_free(&connection->unread);
    free(connection->unsent);
    free(connection);
    pool->on_closed(pool->data);
}

void connection_close(struct connection *connection)
{
    if (connection->state == CLOSED)
        return;
    connection->state = CLOSED;
    uv_close(&connection->socket.handle, on_closed);
}

bool connection_is_idle(const struct connection *connection)
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
        connection_close(connection);
}

/* After the last response: no more is sent, and what still comes is dropped. */
static void finish(struct connection *connection)
{
    connection->state = DRAINING;
    set_deadline(connection, LIMIT_DRAIN_MS);
    connection->shutdown.data = connection;
    if (uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shut_down) != 0)
        connection_close(connection);
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

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;

    free(connection->unsent);
    connection->unsent = NULL;
    connection->unsent_len = 0;
    connection_pool_account(connection);
    if (connection->state != OPEN)
        return;
    if (status < 0) {
        connection_close(connection);
        return;
    }
    after_response(connection);
    if (connection->state == OPEN)
        process_unread(connection);
    if (connection->state == OPEN && connection->session.last && connection_is_idle(connection))
        finish(connection);
    connection_pool_check(connection);
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
        connection_close(connection);
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
        connection_close(connection);
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
    struct http_fault *fault = &connection->session.answer.fault;
    bool sent = false;

    if (connection->session.last)
        fault->delay_ms = 0; /* the server stops */
    if (fault->delay_ms) {
        keep(connection, http_session_output(&connection->session));
        connection->state = WAITING;
        uv_read_start(&connection->socket.stream, allocate, on_read); /* to learn when the client goes */
        set_deadline(connection, fault->delay_ms);
        connection->pool->tick_in(connection->pool->data, fault->delay_ms);
        return false;
    }
    if (fault->drop)
        connection_close(connection);
    else
        sent = send_output(connection, later);
    record(connection);
    return sent;
}

void connection_wait_no_longer(struct connection *connection)
{
    connection->state = OPEN;
    uv_read_stop(&connection->socket.stream);
    if (connection->session.answer.fault.drop)
        connection_close(connection);
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
        connection_wait_no_longer(connection);
        return;
    }
    record(connection);
    connection_close(connection);
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
        connection_close(connection); /* also at the end of input: all that came before it is answered */
    else if (connection->state == OPEN)
        process(connection, (const uint8_t *)buf->base, (size_t)len);
    else if (connection->state == WAITING)
        put_off(connection, (const uint8_t *)buf->base, (size_t)len);
    connection_pool_check(connection);
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
    connection_pool_join(connection);
    if (open_socket(connection, listener) != 0)
        connection_close(connection);
}

void connection_on_deadline(struct connection *connection)
{
    if (connection->state == WAITING) {
        connection_wait_no_longer(connection);
        return;
    }
    if (connection->state != OPEN || connection->unsent || connection_is_idle(connection)) {
        connection_close(connection);
        return;
    }
    connection->started = uv_hrtime();
    http_session_time_out(&connection->session);
    if (send_response(connection, false))
        finish(connection);
}
