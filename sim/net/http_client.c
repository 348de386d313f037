#include "sim/net/http_client.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/http_reply.h"
#include "sim/net/tls_session.h"

#define READ_BYTES 4096
#define HANDLES 3

struct http_client {
    uv_tcp_t socket;
    uv_timer_t timer;
    uv_idle_t next_step; /* of the handshake */
    uv_connect_t connect;
    int handles; /* not closed yet */
    uint64_t ends;
    bool is_connected;
    int refusal;             /* why it cannot connect at all, such as without a descriptor */
    struct tls_session *tls; /* or NULL */
    struct buf request;
    struct http_reply reply;
    void (*on_done)(void *data, const struct http_client_answer *answer);
    void *data;
    char room[READ_BYTES];
};

/* --- the end --- */

static void on_closed(uv_handle_t *handle)
{
    struct http_client *client = handle->data;

    if (--client->handles > 0)
        return;
    buf_free(&client->request);
    http_reply_free(&client->reply);
    free(client);
}

static void close_handles(struct http_client *client)
{
    client->on_done = NULL;
    tls_session_free(client->tls);
    client->tls = NULL;
    if (uv_is_closing((const uv_handle_t *)&client->socket))
        return;
    uv_close((uv_handle_t *)&client->socket, on_closed);
    uv_close((uv_handle_t *)&client->timer, on_closed);
    uv_close((uv_handle_t *)&client->next_step, on_closed);
}

void http_client_cancel(struct http_client *client)
{
    close_handles(client);
}

static void finish(struct http_client *client, const char *problem)
{
    const struct http_client_answer answer = {
        .problem = problem,
        .is_connected = client->is_connected,
        .status = client->reply.status,
        .body = buf_span(&client->reply.body),
        .certificate = client->tls ? tls_session_peer(client->tls) : SPAN_NONE,
    };

    if (client->on_done)
        client->on_done(client->data, &answer);
    close_handles(client);
}

static void on_timeout(uv_timer_t *timer)
{
    const struct http_client *client = timer->data;

    finish(timer->data, client->is_connected ? "it does not answer in time" : "it cannot be reached in time");
}

/* --- sending --- */

struct piece {
    uv_write_t write;
    char bytes[];
};

/* Reading finds why a connection has ended, such as an alert of TLS. */
static void on_written(uv_write_t *request, int status)
{
    free(request); /* the first member of its piece */
}

static void send_bytes(struct http_client *client, struct span bytes)
{
    struct piece *piece;
    uv_buf_t buf;

    if (bytes.len == 0)
        return;
    piece = memory_alloc(sizeof *piece + bytes.len);
    memcpy(piece->bytes, bytes.data, bytes.len);
    buf = uv_buf_init(piece->bytes, (unsigned)bytes.len);
    if (uv_write(&piece->write, (uv_stream_t *)&client->socket, &buf, 1, on_written) != 0)
        free(piece);
}

static void send_request(struct http_client *client)
{
    if (!client->tls) {
        send_bytes(client, buf_span(&client->request));
        return;
    }
    tls_session_write(client->tls, buf_span(&client->request));
    send_bytes(client, tls_session_output(client->tls));
}

/* --- receiving --- */

static void take_reply(struct http_client *client)
{
    if (client->reply.state == HTTP_REPLY_COMPLETE)
        finish(client, NULL);
    else if (client->reply.state == HTTP_REPLY_FAILED)
        finish(client, client->reply.problem);
}

static void decrypt(struct http_client *client)
{
    struct buf plain;

    buf_init(&plain, SIZE_MAX);
    tls_session_read(client->tls, &plain);
    if (plain.len)
        http_reply_read(&client->reply, plain.data, plain.len);
    buf_free(&plain);
    if (client->reply.state == HTTP_REPLY_READING && tls_session_state(client->tls) == TLS_CLOSED)
        http_reply_end(&client->reply);
    if (client->reply.state == HTTP_REPLY_READING && tls_session_state(client->tls) == TLS_FAILED)
        finish(client, tls_session_problem(client->tls));
    else
        take_reply(client);
}

static void on_step(uv_idle_t *idle)
{
    struct http_client *client = idle->data;

    if (tls_session_state(client->tls) == TLS_SHAKING && !tls_session_step(client->tls))
        uv_idle_stop(idle);
    send_bytes(client, tls_session_output(client->tls));
    if (tls_session_state(client->tls) == TLS_FAILED) {
        finish(client, tls_session_problem(client->tls));
    } else if (tls_session_state(client->tls) == TLS_OPEN) {
        send_request(client);
        decrypt(client);
    }
}

/* On a plain connection its end may be that of the answer; with TLS the server says where it ends. */
static void take_end(struct http_client *client)
{
    if (client->tls && tls_session_state(client->tls) == TLS_SHAKING)
        finish(client, "it closes the connection during the TLS handshake");
    else if (client->tls)
        finish(client, "its answer is cut");
    else
        http_reply_end(&client->reply);
}

static void take_bytes(struct http_client *client, const uint8_t *data, size_t len)
{
    if (!client->tls)
        http_reply_read(&client->reply, data, len);
    else if (!tls_session_give(client->tls, data, len))
        finish(client, tls_session_problem(client->tls));
    else if (tls_session_state(client->tls) == TLS_SHAKING)
        uv_idle_start(&client->next_step, on_step);
    else
        decrypt(client);
}

static void allocate(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct http_client *client = handle->data;

    *buf = uv_buf_init(client->room, sizeof client->room);
}

static void on_read(uv_stream_t *stream, ssize_t len, const uv_buf_t *buf)
{
    struct http_client *client = stream->data;

    if (len > 0)
        take_bytes(client, (const uint8_t *)buf->base, (size_t)len);
    else if (len < 0)
        take_end(client);
    if (!client->tls)
        take_reply(client);
}

/* --- the beginning --- */

static void on_connected(uv_connect_t *request, int status)
{
    struct http_client *client = request->data;
    const uint64_t now = uv_now(client->socket.loop);

    if (!client->on_done)
        return; /* cancelled */
    client->is_connected = status == 0;
    if (status == 0)
        status = uv_read_start((uv_stream_t *)&client->socket, allocate, on_read);
    if (status < 0) {
        finish(client, uv_strerror(status));
        return;
    }
    uv_timer_start(&client->timer, on_timeout, client->ends > now ? client->ends - now : 0, 0);
    if (client->tls)
        uv_idle_start(&client->next_step, on_step);
    else
        send_request(client);
}

static void write_request(struct buf *out, const struct http_client_request *request)
{
    buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: dstack-simulator\r\nConnection: close\r\n",
               request->verb, request->path, request->host);
    if (request->body.data)
        buf_printf(out, "Content-Type: application/json\r\nContent-Length: %zu\r\n", request->body.len);
    buf_append_text(out, "\r\n");
    buf_append_span(out, request->body);
}

/* Not at once, so that on_done is never called before http_client_ask has returned. */
static void on_refused(uv_timer_t *timer)
{
    struct http_client *client = timer->data;

    finish(client, uv_strerror(client->refusal));
}

static void init_handles(struct http_client *client, uv_loop_t *loop)
{
    client->handles = HANDLES;
    uv_tcp_init(loop, &client->socket);
    uv_timer_init(loop, &client->timer);
    uv_idle_init(loop, &client->next_step);
    client->socket.data = client->timer.data = client->next_step.data = client->connect.data = client;
}

struct http_client *http_client_ask(uv_loop_t *loop, const struct http_client_request *request,
                                    void (*on_done)(void *data, const struct http_client_answer *answer),
                                    void *data)
{
    struct http_client *client = memory_zalloc(sizeof *client);
    const uint64_t first = request->connect_timeout_ms;

    init_handles(client, loop);
    client->on_done = on_done;
    client->data = data;
    client->ends = uv_now(loop) + request->timeout_ms;
    if (request->tls)
        client->tls = tls_session_new(request->tls, request->tls_name);
    http_reply_init(&client->reply, request->answer_bytes ? request->answer_bytes : HTTP_CLIENT_ANSWER_BYTES);
    buf_init(&client->request, SIZE_MAX);
    write_request(&client->request, request);
    uv_timer_start(&client->timer, on_timeout,
                   first && first < request->timeout_ms ? first : request->timeout_ms, 0);
    client->refusal = uv_tcp_connect(&client->connect, &client->socket,
                                     (const struct sockaddr *)request->address, on_connected);
    if (client->refusal != 0)
        uv_timer_start(&client->timer, on_refused, 0, 0);
    return client;
}
