#include "sim/net/http_client.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/http_reply.h"

#define READ_BYTES 4096
#define HANDLES 2

struct http_client {
    uv_tcp_t socket;
    uv_timer_t timer;
    uv_connect_t connect;
    uv_write_t write;
    int handles; /* not closed yet */
    struct buf request;
    struct http_reply reply;
    void (*on_done)(void *data, const struct http_client_answer *answer);
    void *data;
    char room[READ_BYTES];
};

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
    if (!uv_is_closing((const uv_handle_t *)&client->socket)) {
        uv_close((uv_handle_t *)&client->socket, on_closed);
        uv_close((uv_handle_t *)&client->timer, on_closed);
    }
}

void http_client_cancel(struct http_client *client)
{
    close_handles(client);
}

static void finish(struct http_client *client, const char *problem)
{
    const struct http_client_answer answer = {
        .problem = problem, .status = client->reply.status, .body = buf_span(&client->reply.body)};

    if (client->on_done)
        client->on_done(client->data, &answer);
    close_handles(client);
}

static void on_timeout(uv_timer_t *timer)
{
    finish(timer->data, "it does not answer in time");
}

static void take_reply(struct http_client *client)
{
    if (client->reply.state == HTTP_REPLY_COMPLETE)
        finish(client, NULL);
    else if (client->reply.state == HTTP_REPLY_FAILED)
        finish(client, client->reply.problem);
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
        http_reply_read(&client->reply, (const uint8_t *)buf->base, (size_t)len);
    else if (len < 0)
        http_reply_end(&client->reply);
    take_reply(client);
}

static void on_written(uv_write_t *request, int status)
{
    struct http_client *client = request->data;

    if (status < 0)
        finish(client, uv_strerror(status));
}

static void on_connected(uv_connect_t *request, int status)
{
    struct http_client *client = request->data;
    uv_stream_t *stream = (uv_stream_t *)&client->socket;
    uv_buf_t buf = uv_buf_init((char *)client->request.data, (unsigned)client->request.len);

    if (!client->on_done)
        return; /* cancelled */
    if (status == 0)
        status = uv_read_start(stream, allocate, on_read);
    if (status == 0)
        status = uv_write(&client->write, stream, &buf, 1, on_written);
    if (status < 0)
        finish(client, uv_strerror(status));
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
    finish(timer->data, "it cannot be connected to");
}

struct http_client *http_client_ask(uv_loop_t *loop, const struct http_client_request *request,
                                    void (*on_done)(void *data, const struct http_client_answer *answer),
                                    void *data)
{
    struct http_client *client = memory_zalloc(sizeof *client);

    client->handles = HANDLES;
    client->on_done = on_done;
    client->data = data;
    client->connect.data = client->write.data = client;
    http_reply_init(&client->reply, HTTP_CLIENT_ANSWER_BYTES);
    buf_init(&client->request, SIZE_MAX);
    write_request(&client->request, request);
    uv_tcp_init(loop, &client->socket);
    uv_timer_init(loop, &client->timer);
    client->socket.data = client->timer.data = client;
    uv_timer_start(&client->timer, on_timeout, request->timeout_ms, 0);
    if (uv_tcp_connect(&client->connect, &client->socket, (const struct sockaddr *)request->address,
                       on_connected) != 0)
        uv_timer_start(&client->timer, on_refused, 0, 0);
    return client;
}
