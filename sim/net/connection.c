#include "sim/net/connection.h"

#include <stddef.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/connection_response.h"
#include "sim/net/connection_send.h"
#include "sim/net/connection_tls.h"

static void after_response(struct connection *connection)
{
    if (connection->session.state == HTTP_OVER) {
        connection_core_finish(connection);
        return;
    }
    if (!connection->session.reader.is_in_request)
        http_reader_drop_head(&connection->session.reader);
    connection_core_set_deadline(connection,
                                 connection->session.reader.is_in_request ? LIMIT_REQUEST_MS : LIMIT_IDLE_MS);
}

/* --- receiving --- */

/* Leaves the rest for a later iteration of the loop. libuv would call back from a write at once, and
 * more than once, before it looks at other sockets. */
static void pause_turn(struct connection *connection, const uint8_t *rest, size_t len)
{
    buf_append(&connection->unread, rest, len);
    uv_read_stop(&connection->socket.stream);
    connection_core_wait_for_turn(connection);
}

/* --- held requests --- */

static void on_wake(void *waiter)
{
    struct connection *connection = waiter;

    if (connection->state == HELD)
        connection_core_wait_for_turn(connection);
}

/* It goes on reading, to notice when the client leaves. The program that is asked has a deadline. */
static void hold(struct connection *connection)
{
    connection->state = HELD;
    connection->member.deadline = connection->ends_at;
    connection->session.hold->wake = on_wake;
    connection->session.hold->waiter = connection;
}

static void go_on_held(struct connection *connection)
{
    connection->state = OPEN;
    connection->is_fed = true;
    http_session_resume(&connection->session);
    connection->is_fed = false;
    if (connection->session.hold)
        hold(connection);
    else if (connection_response_send(connection, false))
        connection->input->resume(connection);
}

/* --- receiving --- */

/* What takes long must not delay the responses to others. */
static void send_waiting_before(const struct connection *connection, uint64_t now, size_t len)
{
    struct outbox *outbox = &connection->clients->outbox;

    if (connection->session.reader.is_in_request || len > LIMIT_OUTBOX_INPUT_BYTES)
        outbox_send(outbox);
    else
        outbox_send_in_time(outbox, now);
}

/* Feeds the session until the input is used up or a response has to be sent first. */
static void process(struct connection *connection, uint64_t now, const uint8_t *data, size_t len)
{
    const uint64_t turn_ends = now + connection->clients->turn_ns;

    while (connection->state == OPEN && len > 0) {
        bool was_in_request = connection->session.reader.is_in_request, sent = true;
        enum http_state state = connection->session.state;
        size_t taken;

        send_waiting_before(connection, now, len);
        connection->started = now;
        connection->is_fed = true;
        taken = http_session_feed(&connection->session, data, len);
        connection->is_fed = false;
        data += taken;
        len -= taken;
        if (connection->session.hold) {
            buf_append(&connection->unread, data, len);
            hold(connection);
            return;
        }
        if (!was_in_request && connection->session.reader.is_in_request)
            connection_core_set_deadline(connection, LIMIT_REQUEST_MS);
        if (state == HTTP_READING && connection->session.state == HTTP_READS_HTTP2)
            connection_core_set_deadline(connection, LIMIT_HTTP2_MS);
        if (connection->session.has_answered)
            sent = connection_response_send(connection, len == 0);
        else if (http_session_output(&connection->session).len > 0)
            sent = connection_send_output(connection, false);
        if (!sent) {
            buf_append(&connection->unread, data, len);
            return;
        }
        if (connection->session.has_answered)
            after_response(connection);
        if (len == 0 || connection->state != OPEN)
            return;
        now = uv_hrtime();
        if (now >= turn_ends || turns_are_over(&connection->clients->turns, now)) {
            pause_turn(connection, data, len);
            return;
        }
    }
}

/* At the end of input the client has left or has closed its half of the connection: the
 * response is sent at once, so that a client that has left does not occupy a slot. */
static void stop_waiting(struct connection *connection, ssize_t cause)
{
    if (cause == UV_EOF) {
        connection_response_send_delayed(connection);
        return;
    }
    connection_core_tell(connection);
    connection_core_close(connection);
}

static void time_out(struct connection *connection)
{
    connection->started = uv_hrtime();
    http_session_time_out(&connection->session);
    if (connection_response_send(connection, false))
        connection_core_finish(connection);
}

/* Keeps a limited amount of input for later; the rest stays in the socket. */
static void defer(struct connection *connection, const uint8_t *data, size_t len)
{
    buf_append(&connection->unread, data, len);
    if (connection->unread.len >= LIMIT_READ_BYTES)
        uv_read_stop(&connection->socket.stream);
}

/* Processes input, unless there was much to do in this turn of the loop before it came. */
static void process_in_turn(struct connection *connection, const uint8_t *data, size_t len)
{
    const uint64_t now = uv_hrtime();

    if (turns_are_over(&connection->clients->turns, now)) {
        outbox_send(&connection->clients->outbox); /* no more come in this turn */
        pause_turn(connection, data, len);
    } else {
        process(connection, now, data, len);
    }
}

/* The response to what came before it is sent first. The end of input comes again. */
static bool is_before_input(struct connection *connection, const uint8_t *data, ssize_t len)
{
    if (!connection->slot.place || connection_send_waiting(connection))
        return false;
    if (len > 0)
        buf_append(&connection->unread, data, (size_t)len);
    return true;
}

static void take(struct connection *connection, const uint8_t *data, ssize_t len)
{
    if (is_before_input(connection, data, len))
        return;
    if (len < 0 && connection->state == WAITING)
        stop_waiting(connection, len);
    else if (len == UV_EOF && connection->state == HELD)
        uv_read_stop(&connection->socket.stream); /* it may still take the answer */
    else if (len == UV_EOF && connection->state == OPEN && connection->session.state == HTTP_READS_HTTP2)
        time_out(connection);
    else if (len < 0)
        connection_core_close(connection); /* also at the end of input: earlier requests have been answered */
    else if (connection->state == OPEN)
        process_in_turn(connection, data, (size_t)len);
    else if (connection->state == WAITING || connection->state == STREAMING || connection->state == HELD)
        defer(connection, data, (size_t)len);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct connection *connection = stream->data;

    if (len == 0 || connection->state == CLOSED)
        return;
    if (connection->tls && len > 0)
        connection_tls_receive(connection, (const uint8_t *)buf->base, (size_t)len);
    else
        take(connection, (const uint8_t *)buf->base, len);
    connection_core_check_account(connection);
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct connection *connection = handle->data;

    *buf = uv_buf_init((char *)connection->clients->read_buffer, LIMIT_READ_BYTES);
}

static void start_reading(struct connection *connection)
{
    uv_read_start(&connection->socket.stream, allocate, on_read);
}

/* Processes the input received while the response was being written. */
static void process_unread(struct connection *connection)
{
    struct buf waiting = connection->unread;

    buf_init(&connection->unread, SIZE_MAX);
    process(connection, uv_hrtime(), waiting.data, waiting.len);
    buf_free(&waiting);
}

static void go_on_reading(struct connection *connection)
{
    if (connection->state == OPEN)
        process_unread(connection);
    if (connection->turn.is_waiting)
        return;
    if (connection->state == OPEN && connection->session.is_last && connection_core_is_idle(connection))
        connection_core_finish(connection);
    connection_core_check_account(connection);
    if (connection->state == CLOSED || connection->unsent)
        return;
    if (connection->state == OPEN && connection_tls_has_ended(connection))
        connection_core_finish(connection);
    start_reading(connection);
}

static void resume(struct connection *connection)
{
    if (connection->state == STREAMING) {
        connection_core_go_on_in_turn(connection);
    } else if (connection->state == SHAKING) {
        connection_tls_go_on(connection);
    } else {
        after_response(connection);
        go_on_reading(connection);
    }
}

static void on_turn(struct turns_waiter *turn)
{
    struct connection *connection =
        (struct connection *)(void *)((char *)turn - offsetof(struct connection, turn));

    if (!connection->unsent && connection->state != STREAMING && connection->state != HELD) {
        go_on_reading(connection);
        return;
    }
    outbox_send(&connection->clients->outbox); /* the rest may take long */
    if (connection->unsent)
        connection_send_go_on(connection);
    else if (connection->state == STREAMING)
        connection_response_go_on(connection);
    else
        go_on_held(connection);
}

static const struct connection_input input = {start_reading, resume, take};

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
    if (uv_accept(listening, &connection->socket.stream) != 0 ||
        uv_fileno(&connection->socket.handle, &connection->slot.descriptor) != 0)
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
    if (connection->state == SHAKING) {
        connection_tls_on_deadline(connection);
        return;
    }
    if (connection->turn.is_waiting && connection->member.deadline < connection->ends_at)
        return;
    if (connection->state == WAITING) {
        connection_response_send_delayed(connection);
        return;
    }
    if (connection->state == STREAMING && !connection->unsent && !connection->turn.is_waiting) {
        connection_core_go_on_in_turn(connection);
        return;
    }
    if (connection->state != OPEN || connection->unsent || connection_core_is_idle(connection) ||
        connection->member.deadline == connection->ends_at) {
        connection_core_close(connection);
        return;
    }
    time_out(connection);
}

static void end(struct pool_member *member)
{
    struct connection *connection = of_member(member);

    if (connection->slot.place)
        (void)connection_send_waiting(connection);
    if (connection->state == CLOSED)
        return;
    connection->session.is_last = true;
    connection->ends_at = uv_now(connection->clients->loop) + LIMIT_STOP_MS;
    if (connection->member.deadline > connection->ends_at)
        connection->member.deadline = connection->ends_at;
    if (connection->state == WAITING)
        connection_response_send_delayed(connection);
    else if (connection->state == STREAMING)
        connection_response_wake(connection);
    else if (connection->state == SHAKING ||
             (connection->state == OPEN && connection_core_is_idle(connection) && !connection->is_fed &&
              !connection->turn.is_waiting))
        connection_core_close(connection);
}

static const struct pool_actions actions = {on_deadline, end};

void connection_accept(struct clients *clients, uv_stream_t *listening,
                       const struct connection_origin *origin)
{
    struct connection *connection = memory_zalloc(sizeof *connection);

    connection->clients = clients;
    connection->origin = origin;
    connection->input = &input;
    connection->turn.go_on = on_turn;
    connection->slot.written = connection_send_from_outbox;
    connection->ends_at = POOL_NEVER;
    connection->member.owner = origin;
    connection->member.actions = &actions;
    http_session_init(&connection->session, &clients->http, &origin->handler);
    buf_init(&connection->unread, SIZE_MAX);
    connection_core_set_deadline(connection, LIMIT_IDLE_MS);
    pool_join(&clients->pool, &connection->member);
    clients->observer->opened(clients->observer->data);
    if (origin->tls)
        connection_tls_begin(connection);
    if (open_socket(connection, listening) != 0)
        connection_core_close(connection);
}
