#include "sim/net/connection.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/http/limits.h"
#include "sim/net/address.h"
#include "sim/net/socket.h"

/* OPEN      reading, unless `unsent` is being written
 * WAITING   `unsent` is a response that a fault delays until the deadline
 * DRAINING  the last response is written; input is discarded until the client closes, so
 *           that a reset does not overtake the response
 * CLOSED    uv_close has been called; late callbacks do nothing */
enum connection_state { OPEN, WAITING, DRAINING, CLOSED };

struct connection {
    struct pool_member member; /* first, because of_member casts */
    union net_socket socket;
    struct clients *clients;
    const struct connection_origin *origin;
    struct http_session session;
    enum connection_state state;
    bool is_fed;       /* inside http_session_feed, possibly in a handler */
    uint64_t ends_at;  /* upper bound of deadlines once the origin is closing; POOL_NEVER before */
    uint64_t started;  /* uv_hrtime when the last answered request was complete */
    struct buf unread; /* input received while a response is waiting or being written */
    uint8_t *unsent;   /* the part of a response that is being written or delayed, or NULL */
    size_t unsent_len;
    uv_write_t write;
    uv_shutdown_t shutdown;
    char client[ADDRESS_BYTES]; /* for the log; empty on a Unix socket, whose clients have no address */
};

static void process(struct connection *connection, const uint8_t *data, size_t len);
static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf);

/* --- closing --- */

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct clients *clients = connection->clients;
    const struct connection_origin *origin = connection->origin;

    pool_leave(&clients->pool, &connection->member);
    clients->observer->closed(clients->observer->data);
    http_session_free(&connection->session);
    buf_free(&connection->unread);
    free(connection->unsent);
    free(connection);
    origin->on_closed(origin->data);
}

static void close_now(struct connection *connection)
{
    if (connection->state == CLOSED)
        return;
    connection->state = CLOSED;
    connection->member.deadline = POOL_NEVER;
    uv_close(&connection->socket.handle, on_closed);
}

static bool is_idle(const struct connection *connection)
{
    return !connection->unsent && !connection->session.reader.is_in_request;
}

static void set_deadline(struct connection *connection, uint64_t milliseconds)
{
    uint64_t deadline = uv_now(connection->clients->loop) + milliseconds;

    connection->member.deadline = deadline < connection->ends_at ? deadline : connection->ends_at;
    connection->member.is_exact = connection->state == WAITING;
}

/* Tells the pool how much memory this connection holds. Returns false if that exceeds the
 * limit for all connections together. */
static bool account(struct connection *connection)
{
    return pool_hold(&connection->clients->pool, &connection->member,
                     connection->session.reader.body.capacity + connection->unread.capacity +
                         connection->unsent_len);
}

static void check_account(struct connection *connection)
{
    if (connection->state == CLOSED || account(connection))
        return;
    clients_trouble(connection->clients, HTTP_TROUBLE_WARNING,
                    "dropped a client: requests and responses in flight hold %u MiB", LIMIT_HELD_BYTES >> 20);
    close_now(connection);
}

static void on_shut_down(uv_shutdown_t *request, int status)
{
    struct connection *connection = request->data;

    if (status < 0)
        close_now(connection);
}

static void finish(struct connection *connection)
{
    connection->state = DRAINING;
    set_deadline(connection, LIMIT_DRAIN_MS);
    connection->shutdown.data = connection;
    if (uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shut_down) != 0)
        close_now(connection);
}

/* Reports the last response to the observer. */
static void tell(struct connection *connection)
{
    const struct http_observer *observer = connection->clients->observer;
    struct http_answer *answer = &connection->session.answer;

    answer->client = connection->origin->unix_path ? connection->origin->unix_path : connection->client;
    answer->micros = (uv_hrtime() - connection->started) / 1000;
    observer->answered(observer->data, answer);
}

/* --- sending --- */

static void after_response(struct connection *connection)
{
    if (connection->session.state == HTTP_OVER) {
        finish(connection);
        return;
    }
    set_deadline(connection, connection->session.reader.is_in_request ? LIMIT_REQUEST_MS : LIMIT_IDLE_MS);
}

/* Processes the input received while the response was being written. */
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

    *buf = uv_buf_init((char *)connection->clients->read_buffer, LIMIT_READ_BYTES);
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
    if (connection->state == OPEN && connection->session.is_last && is_idle(connection))
        finish(connection);
    check_account(connection);
    if (connection->state != CLOSED && !connection->unsent)
        uv_read_start(&connection->socket.stream, allocate, on_read);
}

static void keep(struct connection *connection, struct span rest)
{
    connection->unsent = (uint8_t *)memory_copy(rest.data, rest.len);
    connection->unsent_len = rest.len;
    uv_read_stop(&connection->socket.stream);
}

/* Writes `unsent` in a later iteration of the loop, as the socket accepts it. */
static void write_kept(struct connection *connection)
{
    uv_buf_t buf = uv_buf_init((char *)connection->unsent, (unsigned)connection->unsent_len);

    connection->write.data = connection;
    set_deadline(connection, LIMIT_WRITE_MS);
    if (uv_write(&connection->write, &connection->socket.stream, &buf, 1, on_written) != 0)
        close_now(connection);
}

/* Returns true if everything has been written and the session may be fed again. later: give
 * other clients a turn first. */
static bool send_output(struct connection *connection, bool later)
{
    struct span output = http_session_output(&connection->session);
    uv_buf_t buf = uv_buf_init(unconst(output.data), (unsigned)output.len);
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

/* Like send_output, for a response: applies its fault. */
static bool send_response(struct connection *connection, bool later)
{
    struct http_fault *fault = &connection->session.answer.fault;
    bool sent = false;

    if (connection->session.is_last)
        fault->delay_ms = 0; /* the server stops */
    if (fault->delay_ms) {
        keep(connection, http_session_output(&connection->session));
        connection->state = WAITING;
        uv_read_start(&connection->socket.stream, allocate, on_read); /* to notice when the client leaves */
        set_deadline(connection, fault->delay_ms);
        connection->clients->tick_in(connection->clients->data, fault->delay_ms);
        return false;
    }
    if (fault->drop)
        close_now(connection);
    else
        sent = send_output(connection, later);
    tell(connection);
    return sent;
}

static void wait_no_longer(struct connection *connection)
{
    connection->state = OPEN;
    uv_read_stop(&connection->socket.stream);
    if (connection->session.answer.fault.drop)
        close_now(connection);
    else
        write_kept(connection);
    tell(connection);
}

/* --- receiving --- */

/* Feeds the session until the input is used up or a response has to be sent first. */
static void process(struct connection *connection, const uint8_t *data, size_t len)
{
    unsigned answers = 0;

    while (connection->state == OPEN && len > 0) {
        bool was_in_request = connection->session.reader.is_in_request, sent = true;
        size_t taken;

        connection->started = uv_hrtime();
        connection->is_fed = true;
        taken = http_session_feed(&connection->session, data, len);
        connection->is_fed = false;
        data += taken;
        len -= taken;
        if (!was_in_request && connection->session.reader.is_in_request)
            set_deadline(connection, LIMIT_REQUEST_MS);
        if (connection->session.has_answered)
            sent = send_response(connection, len > 0 && ++answers == LIMIT_TURN_ANSWERS);
        else if (http_session_output(&connection->session).len > 0)
            sent = send_output(connection, false);
        if (!sent) {
            buf_append(&connection->unread, data, len);
            return;
        }
        if (connection->session.has_answered)
            after_response(connection);
    }
}

/* At the end of input the client has left or has closed its half of the connection: the
 * response is sent at once, so that a client that has left does not occupy a slot. */
static void stop_waiting(struct connection *connection, ssize_t cause)
{
    if (cause == UV_EOF) {
        wait_no_longer(connection);
        return;
    }
    tell(connection);
    close_now(connection);
}

/* Keeps a limited amount of input for later; the rest stays in the socket. */
static void defer(struct connection *connection, const uint8_t *data, size_t len)
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
        close_now(connection); /* also at the end of input: earlier requests have been answered */
    else if (connection->state == OPEN)
        process(connection, (const uint8_t *)buf->base, (size_t)len);
    else if (connection->state == WAITING)
        defer(connection, (const uint8_t *)buf->base, (size_t)len);
    check_account(connection);
}

/* --- life cycle --- */

static int open_socket(struct connection *connection, uv_stream_t *listening)
{
    uv_loop_t *loop = connection->clients->loop;
    bool is_unix = connection->origin->unix_path != NULL;

    if (is_unix)
        uv_pipe_init(loop, &connection->socket.pipe, 0);
    else
        uv_tcp_init(loop, &connection->socket.tcp);
    connection->socket.handle.data = connection;
    if (uv_accept(listening, &connection->socket.stream) != 0)
        return -1;
    if (!is_unix) {
        uv_tcp_nodelay(&connection->socket.tcp, 1);
        address_of_peer(&connection->socket.tcp, connection->client);
    }
    return uv_read_start(&connection->socket.stream, allocate, on_read);
}

static struct connection *of_member(struct pool_member *member)
{
    return (struct connection *)member;
}

static void on_deadline(struct pool_member *member)
{
    struct connection *connection = of_member(member);

    if (connection->state == CLOSED)
        return;
    if (connection->state == WAITING) {
        wait_no_longer(connection);
        return;
    }
    if (connection->state != OPEN || connection->unsent || is_idle(connection) ||
        connection->member.deadline == connection->ends_at) {
        close_now(connection);
        return;
    }
    connection->started = uv_hrtime();
    http_session_time_out(&connection->session);
    if (send_response(connection, false))
        finish(connection);
}

static void end(struct pool_member *member)
{
    struct connection *connection = of_member(member);

    if (connection->state == CLOSED)
        return;
    connection->session.is_last = true;
    connection->ends_at = uv_now(connection->clients->loop) + LIMIT_STOP_MS;
    if (connection->member.deadline > connection->ends_at)
        connection->member.deadline = connection->ends_at;
    if (connection->state == WAITING)
        wait_no_longer(connection);
    else if (connection->state == OPEN && is_idle(connection) && !connection->is_fed)
        close_now(connection);
}

static void close_member(struct pool_member *member)
{
    close_now(of_member(member));
}

static const struct pool_actions actions = {on_deadline, end, close_member};

void connection_accept(struct clients *clients, uv_stream_t *listening,
                       const struct connection_origin *origin)
{
    struct connection *connection = memory_zalloc(sizeof *connection);

    connection->clients = clients;
    connection->origin = origin;
    connection->ends_at = POOL_NEVER;
    connection->member.owner = origin;
    connection->member.actions = &actions;
    http_session_init(&connection->session, &clients->http, &origin->handler);
    buf_init(&connection->unread, SIZE_MAX);
    set_deadline(connection, LIMIT_IDLE_MS);
    pool_join(&clients->pool, &connection->member);
    clients->observer->opened(clients->observer->data);
    if (open_socket(connection, listening) != 0)
        close_now(connection);
}
