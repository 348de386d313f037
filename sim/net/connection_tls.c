#include "sim/net/connection_tls.h"

#include "sim/http/limits.h"
#include "sim/net/connection_response.h"
#include "sim/net/connection_send.h"

void connection_tls_begin(struct connection *connection)
{
    connection->tls = tls_session_new(connection->origin->tls, NULL);
    connection->state = SHAKING;
    connection->handshake_ends = POOL_NEVER; /* an idle client has LIMIT_IDLE_MS to begin */
}

/* --- the handshake --- */

static void fail(struct connection *connection)
{
    const char *client = connection->origin->unix_path ? connection->origin->unix_path : connection->client;

    clients_trouble(connection->clients, HTTP_TROUBLE_DETAIL, "TLS with %s failed: %s", client,
                    tls_session_problem(connection->tls));
    connection_core_finish(connection);
}

static void step_soon(struct connection *connection)
{
    connection->has_step = true;
    connection_core_set_deadline(connection, 0);
    connection->clients->tick_in(connection->clients->data, 0);
}

/* Deadlines before the end of the handshake are those of steps. */
static void wait_for_input(struct connection *connection)
{
    const uint64_t now = uv_now(connection->clients->loop);

    connection->has_step = false;
    connection_core_set_deadline(connection,
                                 connection->handshake_ends > now ? connection->handshake_ends - now : 0);
    connection->input->start(connection);
}

/* A method begins so, but no record of TLS does. */
static bool is_plain_http(const uint8_t *data)
{
    return data[0] >= 'A' && data[0] <= 'Z';
}

/* In plain HTTP, as the client would not understand anything else. */
static void refuse_plain(struct connection *connection)
{
    tls_session_free(connection->tls);
    connection->tls = NULL;
    connection->state = OPEN;
    connection->started = uv_hrtime();
    http_session_refuse_plain(&connection->session);
    if (connection_response_send(connection, false))
        connection_core_finish(connection);
}

static void keep_input(struct connection *connection, const uint8_t *data, size_t len)
{
    const uint64_t now = uv_now(connection->clients->loop);
    const bool is_first = connection->handshake_ends == POOL_NEVER;

    if (is_first && is_plain_http(data)) {
        refuse_plain(connection);
        return;
    }
    if (is_first)
        connection->handshake_ends = now + LIMIT_HANDSHAKE_MS;
    uv_read_stop(&connection->socket.stream);
    if (tls_session_give(connection->tls, data, len))
        step_soon(connection);
    else
        fail(connection);
}

/* --- afterwards --- */

bool connection_tls_has_ended(const struct connection *connection)
{
    return connection->tls && tls_session_state(connection->tls) == TLS_CLOSED;
}

/* The client sends no more. What is owed is sent first. */
static void end_input(struct connection *connection)
{
    if (connection->state == HELD ||
        (connection->state == OPEN && (connection->unsent || connection->turn.is_waiting)))
        return; /* input->resume asks connection_tls_has_ended */
    if (connection->state == OPEN)
        connection_core_say_goodbye(connection);
    connection->input->take(connection, NULL, UV_EOF);
}

static void break_off(struct connection *connection)
{
    if (connection->state == OPEN)
        fail(connection);
    else if (connection->state != DRAINING)
        connection_core_close(connection);
}

static void decrypt(struct connection *connection)
{
    struct buf plain;

    buf_init(&plain, SIZE_MAX);
    tls_session_read(connection->tls, &plain);
    if (plain.len)
        connection->input->take(connection, plain.data, (ssize_t)plain.len);
    buf_free(&plain);
    if (connection->state == CLOSED)
        return;
    if (connection_tls_has_ended(connection) && connection->state != DRAINING)
        end_input(connection);
    else if (tls_session_state(connection->tls) == TLS_FAILED)
        break_off(connection);
}

static void become_open(struct connection *connection)
{
    connection->state = OPEN;
    connection->peer.certificate = tls_session_peer(connection->tls);
    connection->session.peer = &connection->peer;
    connection_core_set_deadline(connection, LIMIT_IDLE_MS);
    decrypt(connection);
    if (connection->state != CLOSED && connection->state != DRAINING && !connection->unsent &&
        !connection->turn.is_waiting)
        connection->input->start(connection);
}

void connection_tls_go_on(struct connection *connection)
{
    if (tls_session_state(connection->tls) == TLS_OPEN)
        become_open(connection);
    else if (connection->has_step)
        step_soon(connection);
    else
        wait_for_input(connection);
}

static void take_step(struct connection *connection)
{
    bool is_sent;

    connection->clients->steps_left--;
    connection->has_step = tls_session_step(connection->tls);
    is_sent = connection_send_written(connection, tls_session_output(connection->tls), false);
    if (connection->state == CLOSED)
        return;
    if (tls_session_state(connection->tls) == TLS_FAILED)
        fail(connection);
    else if (is_sent)
        connection_tls_go_on(connection);
    /* Otherwise input->resume follows. */
}

void connection_tls_on_deadline(struct connection *connection)
{
    if (uv_now(connection->clients->loop) >= connection->handshake_ends || !connection->has_step)
        connection_core_close(connection);
    else if (connection->clients->steps_left > 0)
        take_step(connection);
    else
        step_soon(connection);
}

void connection_tls_receive(struct connection *connection, const uint8_t *data, size_t len)
{
    if (connection->state == SHAKING) {
        keep_input(connection, data, len);
        return;
    }
    if (connection->state == DRAINING)
        return;
    (void)tls_session_give(connection->tls, data, len);
    decrypt(connection);
}
