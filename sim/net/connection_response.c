#include "sim/net/connection_response.h"

#include "sim/net/connection_send.h"

/* Not pulled at once, because another session of the same http_shared may be answering. */
void connection_response_wake(struct connection *connection)
{
    if (connection->state == STREAMING && !connection->unsent)
        connection_core_wait_for_turn(connection);
}

static void on_wake(void *waiter)
{
    connection_response_wake(waiter);
}

static void begin_stream(struct connection *connection)
{
    connection->state = STREAMING;
    connection_core_take_time(connection); /* until the first byte */
    connection->session.stream->wake = on_wake;
    connection->session.stream->waiter = connection;
}

static void wait_for_stream(struct connection *connection)
{
    const uint32_t wait_ms = connection->session.stream->wait_ms;

    if (wait_ms)
        connection_core_set_deadline(connection, wait_ms);
    else
        connection->member.deadline = connection->ends_at;
    connection->input->start(connection); /* to notice when the client leaves */
}

static void end_response(struct connection *connection)
{
    connection_core_tell(connection);
    connection->state = OPEN;
    connection->input->resume(connection);
}

void connection_response_go_on(struct connection *connection)
{
    struct http_session *session = &connection->session;
    bool must_wait;

    if (!session->stream) {
        end_response(connection);
        return;
    }
    must_wait = http_session_pull(session);
    if (http_session_output(session).len > 0)
        (void)connection_send_output(connection, true);
    else if (must_wait)
        wait_for_stream(connection);
    else if (session->stream)
        connection_core_wait_for_turn(connection);
    else
        end_response(connection);
}

/* --- the beginning --- */

bool connection_response_send(struct connection *connection, bool may_wait)
{
    struct http_fault *fault = &connection->session.answer.fault;
    bool sent = false;

    if (connection->session.is_last)
        fault->delay_ms = 0; /* the server stops */
    if (fault->delay_ms) {
        if (!connection_send_keep(connection, http_session_output(&connection->session))) {
            connection_core_tell(connection);
            return false;
        }
        http_session_forget_output(&connection->session);
        connection->state = WAITING;
        connection->input->start(connection); /* to notice when the client leaves */
        connection_core_set_deadline(connection, fault->delay_ms);
        connection->clients->tick_in(connection->clients->data, fault->delay_ms);
        return false;
    }
    if (connection->session.stream && !fault->drop) {
        begin_stream(connection);
        if (connection_send_output(connection, false))
            connection_response_go_on(connection);
        return false;
    }
    if (fault->drop)
        connection_core_close(connection);
    else if (may_wait)
        sent = connection_send_with_others(connection);
    else
        sent = connection_send_output(connection, false);
    connection_core_tell(connection);
    return sent;
}

void connection_response_send_delayed(struct connection *connection)
{
    connection->state = OPEN;
    uv_read_stop(&connection->socket.stream);
    if (connection->session.stream && !connection->session.answer.fault.drop) {
        begin_stream(connection);
        connection_send_kept(connection);
        return;
    }
    if (connection->session.answer.fault.drop)
        connection_core_close(connection);
    else
        connection_send_kept(connection);
    connection_core_tell(connection);
}
