#include "sim/http/http_session.h"

#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"

static const char not_http2[] =
    "this port speaks HTTP/1.1, not HTTP/2: the client must not start with HTTP/2 by prior knowledge";

_Static_assert(LIMIT_REQUEST_MS == 30 * 1000, "a message below says 30 seconds");

void http_session_shared_init(struct http_shared *shared)
{
    arena_init(&shared->arena);
    buf_init_front(&shared->output, LIMIT_RESPONSE_BYTES, LIMIT_RESPONSE_HEAD_BYTES);
}

void http_session_shared_free(struct http_shared *shared)
{
    arena_free(&shared->arena);
    buf_free(&shared->output);
}

bool http_session_shared_shrink(struct http_shared *shared)
{
    if (!shared->was_large)
        buf_reset_within(&shared->output, LIMIT_KEPT_OUTPUT_BYTES);
    shared->was_large = false;
    return shared->output.capacity > LIMIT_KEPT_OUTPUT_BYTES;
}

/* --- answering --- */

static size_t write_head(struct http_session *session, const struct http_response *response)
{
    enum http_connection connection = HTTP_CONNECTION_UNSAID;

    if (session->state == HTTP_OVER)
        connection = HTTP_CONNECTION_CLOSE;
    else if (http_reader_is_old(&session->reader))
        connection = HTTP_CONNECTION_KEEP_ALIVE;
    return http_head_write(response, session->framing, connection);
}

static void release_stream(struct http_session *session)
{
    if (session->stream)
        session->stream->actions->release(session->stream);
    session->stream = NULL;
}

/* They outlive the response, which may be delayed, and most responses have none. */
static void keep_remarks(struct http_session *session, const struct http_remarks *remarks)
{
    free(session->remarks);
    session->remarks = NULL;
    if (!http_remarks_are_empty(remarks)) {
        session->remarks = memory_alloc(sizeof *remarks);
        *session->remarks = *remarks;
    }
    session->answer.remarks = session->remarks;
}

static void offer(struct http_session *session, struct http_response *response, enum http_verb verb)
{
    struct buf *body = response->body;
    size_t head_len;

    session->framing = !session->stream                       ? HTTP_FRAMING_LENGTH
                       : http_reader_is_old(&session->reader) ? HTTP_FRAMING_CLOSE
                                                              : HTTP_FRAMING_CHUNKS;
    if (session->framing == HTTP_FRAMING_CLOSE)
        session->state = HTTP_OVER; /* HTTP/1.0 has no other end */
    if (body->has_overflowed)
        exchange_fail(response, 500, "the response is too large");
    head_len = write_head(session, response);
    if (head_len == 0) {
        response->headers = NULL;
        exchange_fail(response, 500, "the response headers are too large");
        head_len = write_head(session, response);
    }
    session->answer.status = response->status;
    session->answer.body_bytes = verb == HTTP_VERB_HEAD ? 0 : body->len;
    session->output = span_of(body->data - head_len, head_len + session->answer.body_bytes);
    keep_remarks(session, &response->remarks);
    session->has_answered = true;
    if (verb == HTTP_VERB_HEAD)
        release_stream(session);
}

/* Keeps half of the body, or half of the head if there is no body. */
static void cut(struct http_session *session)
{
    size_t body = session->answer.body_bytes;

    session->answer.body_bytes = body / 2;
    session->output.len -= body ? body - body / 2 : session->output.len / 2;
    session->state = HTTP_OVER;
}

static struct buf *begin_output(struct http_session *session)
{
    struct buf *output = &session->shared->output;

    buf_reset_within(output, LIMIT_REUSED_OUTPUT_BYTES);
    return output;
}

/* Answers a request that cannot be passed to the handler. */
static void refuse(struct http_session *session, int status, const char *message)
{
    struct http_response response;
    struct http_request request = {.verb = HTTP_VERB_OTHER};

    exchange_begin(&response, begin_output(session));
    if (session->reader.is_head_complete)
        http_reader_request(&session->reader, &request);
    session->state = HTTP_OVER;
    session->answer = (struct http_answer){
        .verb = http_reader_verb(&session->reader),
        .path = request.path,
        .agent = request.user_agent,
    };
    exchange_fail(&response, status, message);
    if (status == 415) {
        response.headers = "Accept-Encoding: identity\r\n"; /* RFC 9110, 15.5.16 */
        exchange_explain(&response, "the body has a Content-Encoding: send it as it is, without that header");
    }
    offer(session, &response, request.verb);
}

static void refuse_http2(struct http_session *session)
{
    struct http_response response;
    size_t head_len;

    exchange_begin(&response, begin_output(session));
    if (!session->http2.stream) {
        refuse(session, 400, not_http2);
        return;
    }
    exchange_fail(&response, 400, not_http2);
    session->state = HTTP_OVER;
    session->answer = (struct http_answer){.status = response.status, .body_bytes = response.body->len};
    keep_remarks(session, &response.remarks);
    head_len = http2_refusal_write(&session->http2, response.body);
    session->output = span_of(response.body->data - head_len, head_len + response.body->len);
    session->has_answered = true;
}

static struct span host_of(const struct http_request *request)
{
    return request->is_absolute ? request->authority : request->host;
}

/* Says why the request is for a host that is not served, and with which status, or returns NULL. */
static const char *host_fault(const struct http_session *session, const struct http_request *request,
                              int *status)
{
    const struct http_hosts *hosts = session->handler.hosts;

    *status = 400;
    if (hosts && !request->has_host && !http_reader_is_old(&session->reader))
        return "a request of HTTP/1.1 needs a Host header";
    if (!http_host_is_valid(request->host, !hosts) || !http_host_is_valid(request->authority, false) ||
        (request->is_absolute && request->authority.len == 0))
        return "the Host header or the host of the target is not a name or an address, with a port or "
               "without";
    *status = 403;
    if (hosts && !http_host_is_served(hosts, host_of(request)))
        return "this host name is not served, because any website could make it lead here: start with "
               "--allow-host NAME to serve it";
    return NULL;
}

static bool is_refused(struct http_session *session, const struct http_request *request)
{
    const char *fault;
    int status = 400;

    if (request->path.data[0] != '/')
        fault = "the request target must be a path that starts with '/'";
    else
        fault = host_fault(session, request, &status);
    if (fault)
        refuse(session, status, fault);
    return fault != NULL;
}

static void answer(struct http_session *session)
{
    struct http_hold *before = session->hold;
    struct exchange exchange;

    exchange.peer = session->peer;
    exchange.hold = before;
    exchange.arena = &session->shared->arena;
    http_reader_request(&session->reader, &exchange.request);
    if (is_refused(session, &exchange.request))
        return;
    if (exchange.request.has_origin &&
        !http_host_is_origin(host_of(&exchange.request), exchange.request.origin))
        exchange.request.is_cross_site = true;
    exchange_begin(&exchange.response, begin_output(session));
    if (before)
        before->wake = NULL;
    session->handler.serve(session->handler.context, &exchange);
    session->hold = exchange.response.hold;
    if (before && before != session->hold)
        before->release(before);
    if (session->hold) {
        arena_reset(&session->shared->arena);
        return;
    }
    session->stream = exchange.response.stream;
    if (session->is_last || !session->reader.is_keep_alive)
        session->state = HTTP_OVER;
    session->answer = (struct http_answer){
        .verb = http_reader_verb(&session->reader),
        .path = exchange.request.path,
        .agent = exchange.request.user_agent,
        .label = exchange.response.label,
        .fault = exchange.response.fault,
    };
    offer(session, &exchange.response, exchange.request.verb);
    if (exchange.response.fault.cut && !session->stream)
        cut(session);
    arena_reset(&session->shared->arena);
    http_reader_drop_body(&session->reader);
}

static void release_hold(struct http_session *session)
{
    if (session->hold)
        session->hold->release(session->hold);
    session->hold = NULL;
}

/* --- the session --- */

void http_session_init(struct http_session *session, struct http_shared *shared,
                       const struct http_handler *handler)
{
    *session = (struct http_session){.shared = shared, .handler = *handler};
    http_reader_init(&session->reader);
}

void http_session_free(struct http_session *session)
{
    release_stream(session);
    release_hold(session);
    http_reader_free(&session->reader);
    free(session->remarks);
}

size_t http_session_feed(struct http_session *session, const uint8_t *data, size_t len)
{
    size_t taken;

    session->output = SPAN_NONE;
    session->has_answered = false;
    if (session->state == HTTP_OVER || len == 0)
        return 0;
    if (session->state == HTTP_READS_HTTP2) {
        if (http2_refusal_read(&session->http2, data, len))
            refuse_http2(session);
        return len;
    }
    switch (http_reader_read(&session->reader, data, len, &taken)) {
    case HTTP_PROGRESS_MORE:
        break;
    case HTTP_PROGRESS_CONTINUE:
        session->output = span_text("HTTP/1.1 100 Continue\r\n\r\n");
        break;
    case HTTP_PROGRESS_COMPLETE:
        answer(session);
        break;
    case HTTP_PROGRESS_HTTP2:
        session->state = HTTP_READS_HTTP2;
        break;
    case HTTP_PROGRESS_FAILED:
        refuse(session, session->reader.failure, session->reader.sentence);
        break;
    }
    return taken;
}

void http_session_resume(struct http_session *session)
{
    session->output = SPAN_NONE;
    session->has_answered = false;
    answer(session);
}

/* The piece in the form that the client expects. A chunk begins with its length, for which there is
 * room before every body. */
static struct span framed(const struct http_session *session, struct buf *piece, bool is_last)
{
    const size_t len = piece->len;
    char size[20] = "";
    size_t size_len = 0;

    if (session->framing == HTTP_FRAMING_CHUNKS && len) {
        size_len = (size_t)snprintf(size, sizeof size, "%zx\r\n", len);
        buf_append_text(piece, "\r\n");
    }
    if (session->framing == HTTP_FRAMING_CHUNKS && is_last)
        buf_append_text(piece, "0\r\n\r\n");
    if (piece->len == 0)
        return SPAN_NONE;
    memcpy(piece->data - size_len, size, size_len);
    return span_of(piece->data - size_len, size_len + piece->len);
}

/* A body that is cut, by a fault or because a piece was too large, has no last chunk. */
bool http_session_pull(struct http_session *session)
{
    struct buf *piece = begin_output(session);
    enum http_stream_state state = HTTP_STREAM_END;
    bool is_cut;

    if (!session->is_last)
        state = session->stream->actions->pull(session->stream, piece);
    session->answer.body_bytes += piece->len;
    is_cut = piece->has_overflowed || (session->answer.fault.cut && piece->len);
    session->output = framed(session, piece, state == HTTP_STREAM_END && !is_cut);
    if (is_cut || session->is_last)
        session->state = HTTP_OVER;
    if (is_cut || state == HTTP_STREAM_END)
        release_stream(session);
    return session->stream && state == HTTP_STREAM_WAIT;
}

struct span http_session_output(const struct http_session *session)
{
    return session->output;
}

void http_session_forget_output(struct http_session *session)
{
    struct http_shared *shared = session->shared;

    session->output = SPAN_NONE;
    shared->was_large |= shared->output.len > LIMIT_KEPT_OUTPUT_BYTES;
    buf_reset(&shared->output);
}

void http_session_refuse_plain(struct http_session *session)
{
    refuse(session, 400, "this port speaks HTTPS, not plain HTTP: use https://");
}

void http_session_time_out(struct http_session *session)
{
    if (session->state == HTTP_READS_HTTP2)
        refuse_http2(session);
    else
        refuse(session, 408, "the request did not arrive within 30 seconds");
}
