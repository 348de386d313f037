#include "sim/net/connection_send.h"

#include <stddef.h>

#include "sim/base/unconst.h"
#include "sim/http/limits.h"

static bool may_send(const struct connection *connection)
{
    return connection->state == OPEN || connection->state == SHAKING || connection->state == STREAMING;
}

static void forget_kept(struct connection *connection)
{
    kept_bytes_release(&connection->clients->kept, connection->unsent);
    connection->unsent = NULL;
    connection->unsent_len = 0;
    connection_core_account(connection);
}

static void on_written(uv_write_t *request, int status)
{
    struct connection *connection = request->data;

    connection->unsent_len -= connection->part_len;
    if (status == 0 && connection->unsent_len > 0 && may_send(connection)) {
        connection_core_go_on_in_turn(connection);
        return;
    }
    forget_kept(connection);
    if (!may_send(connection))
        return;
    if (status < 0)
        connection_core_close(connection);
    else
        connection->input->resume(connection);
}

/* What goes over the wire for it. */
static struct span seal(const struct connection *connection, struct span plain)
{
    if (!connection->tls)
        return plain;
    tls_session_write(connection->tls, plain);
    return tls_session_output(connection->tls);
}

static bool keep(struct connection *connection, struct span rest)
{
    connection->unsent = kept_bytes_hold(&connection->clients->kept, rest);
    if (!connection->unsent) {
        connection_core_drop(connection);
        return false;
    }
    connection->unsent_len = rest.len;
    uv_read_stop(&connection->socket.stream);
    return true;
}

bool connection_send_keep(struct connection *connection, struct span rest)
{
    return keep(connection, seal(connection, rest));
}

void connection_send_go_on(struct connection *connection)
{
    const struct span unsent = kept_bytes_last(connection->unsent, connection->unsent_len);
    uv_buf_t part;

    connection->part_len = unsent.len < LIMIT_WRITE_BYTES ? unsent.len : LIMIT_WRITE_BYTES;
    part = uv_buf_init(unconst(unsent.data), (unsigned)connection->part_len);
    connection->write.data = connection;
    if (uv_write(&connection->write, &connection->socket.stream, &part, 1, on_written) != 0)
        connection_core_close(connection);
}

void connection_send_kept(struct connection *connection)
{
    connection_core_set_deadline(connection, LIMIT_WRITE_MS);
    connection_send_go_on(connection);
}

/* Goes on after a write with this result, a length or an error of libuv. Returns whether all has been written. */
static bool go_on_after(struct connection *connection, struct span output, ssize_t result)
{
    const size_t taken = result > 0 ? (size_t)result : 0;

    if (result < 0 && result != UV_EAGAIN) {
        connection_core_close(connection);
        return false;
    }
    if (taken == output.len)
        return true;
    if (keep(connection, span_of(output.data + taken, output.len - taken)))
        connection_send_kept(connection);
    return false;
}

bool connection_send_written(struct connection *connection, struct span output, bool later)
{
    uv_buf_t buf = uv_buf_init(unconst(output.data), (unsigned)output.len);

    return go_on_after(connection, output, later ? 0 : uv_try_write(&connection->socket.stream, &buf, 1));
}

bool connection_send_output(struct connection *connection, bool later)
{
    bool is_sent = connection_send_written(
        connection, seal(connection, http_session_output(&connection->session)), later);

    http_session_forget_output(&connection->session);
    return is_sent;
}

/* --- with those of others --- */

/* Records of TLS have an order, and the connection may have to write one by itself. */
static bool is_plain_and_open(const struct connection *connection)
{
    return !connection->tls && connection->state == OPEN && connection->session.state == HTTP_READING;
}

bool connection_send_with_others(struct connection *connection)
{
    struct outbox *outbox = &connection->clients->outbox;
    struct buf *holder = &connection->clients->http.output;
    const struct span output = http_session_output(&connection->session);

    if (!outbox_takes(outbox, holder->len) || !is_plain_and_open(connection))
        return connection_send_output(connection, false);
    outbox_put(outbox, &connection->slot, output, holder, connection->started, uv_hrtime());
    http_session_forget_output(&connection->session);
    return !connection->unsent && connection->state == OPEN;
}

bool connection_send_waiting(struct connection *connection)
{
    outbox_send(&connection->clients->outbox);
    return !connection->unsent && connection->state == OPEN;
}

void connection_send_from_outbox(struct outbox_slot *slot, struct span bytes, ssize_t result)
{
    struct connection *connection =
        (struct connection *)(void *)((char *)slot - offsetof(struct connection, slot));

    (void)go_on_after(connection, bytes, result);
}
