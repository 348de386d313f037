#include "sim/net/connection_core.h"

#include <stdlib.h>

#include "sim/base/unconst.h"
#include "sim/http/limits.h"

static void on_closed(uv_handle_t *handle)
{
    struct connection *connection = handle->data;
    struct clients *clients = connection->clients;
    const struct connection_origin *origin = connection->origin;

    pool_leave(&clients->pool, &connection->member);
    clients->observer->closed(clients->observer->data);
    http_session_free(&connection->session);
    tls_session_free(connection->tls);
    buf_free(&connection->unread);
    kept_bytes_release(&clients->kept, connection->unsent);
    free(connection);
    origin->on_closed(origin->data);
}

void connection_core_close(struct connection *connection)
{
    if (connection->state == CLOSED)
        return;
    if (connection->state == STREAMING)
        connection_core_tell(connection); /* it ends here, even if the client would have read on */
    connection->state = CLOSED;
    connection->member.deadline = POOL_NEVER;
    turns_leave(&connection->clients->turns, &connection->turn);
    outbox_forget(&connection->clients->outbox, &connection->slot);
    uv_close(&connection->socket.handle, on_closed);
}

bool connection_core_is_idle(const struct connection *connection)
{
    return !connection->unsent && !connection->session.reader.is_in_request;
}

void connection_core_set_deadline(struct connection *connection, uint64_t milliseconds)
{
    uint64_t deadline = uv_now(connection->clients->loop) + milliseconds;

    connection->member.deadline = deadline < connection->ends_at ? deadline : connection->ends_at;
    connection->member.is_exact = connection->state == WAITING;
}

void connection_core_wait_for_turn(struct connection *connection)
{
    turns_wait(&connection->clients->turns, &connection->turn);
    connection->clients->turn_soon(connection->clients->data);
}

void connection_core_go_on_in_turn(struct connection *connection)
{
    if (turns_are_over(&connection->clients->turns, uv_hrtime()))
        connection_core_wait_for_turn(connection);
    else
        connection->turn.go_on(&connection->turn);
}

bool connection_core_account(struct connection *connection)
{
    return pool_hold(&connection->clients->pool, &connection->member,
                     http_reader_held(&connection->session.reader) + connection->unread.capacity +
                         (connection->tls ? TLS_SESSION_BYTES : 0));
}

/* What it has received goes at once: others of this turn may need the memory. */
void connection_core_drop(struct connection *connection)
{
    if (connection->state == CLOSED)
        return;
    if (connection->slot.place)
        outbox_send(&connection->clients->outbox); /* that request has been answered */
    clients_trouble(connection->clients, HTTP_TROUBLE_WARNING,
                    "dropped a client: requests and responses in flight hold %u MiB", LIMIT_HELD_BYTES >> 20);
    connection_core_close(connection);
    if (!connection->is_fed)
        http_reader_drop_body(&connection->session.reader);
    (void)connection_core_account(connection);
}

void connection_core_check_account(struct connection *connection)
{
    if (connection->state != CLOSED && !connection_core_account(connection))
        connection_core_drop(connection);
}

static void on_shut_down(uv_shutdown_t *request, int status)
{
    struct connection *connection = request->data;

    if (status < 0)
        connection_core_close(connection);
}

void connection_core_say_goodbye(struct connection *connection)
{
    struct span output;
    uv_buf_t buf;

    if (!connection->tls)
        return;
    tls_session_close(connection->tls);
    output = tls_session_output(connection->tls);
    buf = uv_buf_init(unconst(output.data), (unsigned)output.len);
    if (output.len)
        (void)uv_try_write(&connection->socket.stream, &buf, 1);
}

void connection_core_finish(struct connection *connection)
{
    connection_core_say_goodbye(connection);
    connection->state = DRAINING;
    connection_core_set_deadline(connection, LIMIT_DRAIN_MS);
    connection->shutdown.data = connection;
    if (uv_shutdown(&connection->shutdown, &connection->socket.stream, on_shut_down) != 0)
        connection_core_close(connection);
}

void connection_core_take_time(struct connection *connection)
{
    struct http_answer *answer = &connection->session.answer;

    if (!answer->micros)
        answer->micros = (uv_hrtime() - connection->started) / 1000;
}

void connection_core_tell(struct connection *connection)
{
    const struct http_observer *observer = connection->clients->observer;
    struct http_answer *answer = &connection->session.answer;

    answer->client = connection->origin->unix_path ? connection->origin->unix_path : connection->client;
    connection_core_take_time(connection);
    observer->answered(observer->data, answer);
}
