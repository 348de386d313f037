#include "sim/net/http_session.h"

#include <stdio.h>
#include <strings.h>

#include "sim/net/limits.h"

enum header { HEADER_OTHER, HEADER_CONTENT_TYPE, HEADER_EXPECT };

static const char *reason_phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 413:
        return "Content Too Large";
    case 417:
        return "Expectation Failed";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    default:
        return "Status";
    }
}

void http_shared_init(struct http_shared *shared)
{
    arena_init(&shared->arena);
    buf_init_front(&shared->output, LIMIT_RESPONSE_BYTES, LIMIT_RESPONSE_HEAD_BYTES);
}

void http_shared_free(struct http_shared *shared)
{
    arena_free(&shared->arena);
    buf_free(&shared->output);
}

/* --- writing a response --- */

/* Renders the head right in front of the body. Returns -1 when it does not fit. */
static int write_head(struct http_session *session, const struct http_response *response)
{
    struct buf *body = response->body;
    const char *connection = "";
    char head[LIMIT_RESPONSE_HEAD_BYTES];
    int len;

    if (session->state == HTTP_OVER)
        connection = "Connection: close\r\n";
    else if (session->parser.http_major == 1 && session->parser.http_minor == 0)
        connection = "Connection: keep-alive\r\n";
    len = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\n%s%s%sContent-Length: %zu\r\n%s%s\r\n", response->status,
                   reason_phrase(response->status), response->content_type ? "Content-Type: " : "",
                   response->content_type ? response->content_type : "", response->content_type ? "\r\n" : "",
                   body->len, connection, response->headers ? response->headers : "");
    if (len < 0 || (size_t)len >= sizeof head || !buf_reserve(body, 1))
        return -1;
    memcpy(body->data - len, head, (size_t)len);
    session->output = span_of(body->data - len, (size_t)len + body->len);
    return len;
}

static void offer(struct http_session *session, struct http_response *response, bool without_body)
{
    int head_len;

    if (response->body->overflow)
        exchange_fail(response, 500, "the response is too large");
    head_len = write_head(session, response);
    if (head_len < 0) {
        response->headers = NULL;
        exchange_fail(response, 500, "the response's headers are too large");
        head_len = write_head(session, response);
    }
    if (without_body)
        session->output.len = (size_t)head_len;
    session->answered = true;
    session->answer.status = response->status;
    session->answer.body_bytes = without_body ? 0 : response->body->len;
}

static struct http_response new_response(struct http_session *session)
{
    struct buf *output = &session->shared->output;

    if (output->capacity > LIMIT_KEPT_BYTES * 4)
        buf_free(output);
    buf_reset(output);
    return (struct http_response){.status = 200, .body = output};
}

/* Answers for the handler, because the request cannot be read to its end. */
static void refuse(struct http_session *session, int status, const char *message)
{
    struct http_response response = new_response(session);

    session->state = HTTP_OVER;
    session->answer = (struct http_answer){0};
    exchange_fail(&response, status, message);
    offer(session, &response, false);
}

/* --- handling a complete request --- */

static enum http_verb verb_of(const llhttp_t *parser)
{
    switch (parser->method) {
    case HTTP_GET:
        return HTTP_VERB_GET;
    case HTTP_HEAD:
        return HTTP_VERB_HEAD;
    case HTTP_POST:
        return HTTP_VERB_POST;
    default:
        return HTTP_VERB_OTHER;
    }
}

/* Some clients send an absolute target: scheme and authority are dropped. */
static struct span drop_authority(struct span target)
{
    const uint8_t *end = target.data + target.len;
    const uint8_t *scheme = target.len && target.data[0] != '/' ? memmem(target.data, target.len, "://", 3) : NULL;
    const uint8_t *path;

    if (!scheme)
        return target;
    for (path = scheme + 3; path < end && *path != '/' && *path != '?'; path++)
        ;
    return path < end ? span_of(path, (size_t)(end - path)) : span_text("/");
}

static void split_target(struct span target, struct http_request *request)
{
    const uint8_t *mark;

    target = drop_authority(target);
    mark = target.len ? memchr(target.data, '?', target.len) : NULL;
    request->path = mark ? span_of(target.data, (size_t)(mark - target.data)) : target;
    request->query = mark ? span_of(mark + 1, target.len - request->path.len - 1) : NO_SPAN;
}

static void answer(struct http_session *session)
{
    struct exchange exchange = {.arena = &session->shared->arena};

    exchange.response = new_response(session);
    exchange.request.verb = verb_of(&session->parser);
    exchange.request.content_type = buf_span(&session->content_type);
    exchange.request.body = buf_span(&session->body);
    split_target(buf_span(&session->target), &exchange.request);
    session->handler.serve(session->handler.context, &exchange);
    if (!session->keep_alive)
        session->state = HTTP_OVER;
    session->answer.verb = llhttp_method_name((llhttp_method_t)session->parser.method);
    session->answer.path = exchange.request.path;
    offer(session, &exchange.response, exchange.request.verb == HTTP_VERB_HEAD);
    arena_reset(&session->shared->arena);
}

/* --- reading: what llhttp calls --- */

static int fail(llhttp_t *parser, int status, const char *reason)
{
    struct http_session *session = parser->data;

    session->failure = status;
    session->reason = reason;
    llhttp_set_error_reason(parser, reason);
    return HPE_USER;
}

static int count_head(llhttp_t *parser, size_t len)
{
    struct http_session *session = parser->data;

    session->head_bytes += len;
    if (session->head_bytes <= LIMIT_HEAD_BYTES)
        return HPE_OK;
    return fail(parser, 431, "the request line and headers are larger than 16 KiB");
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    buf_append(&((struct http_session *)parser->data)->target, at, len);
    return count_head(parser, len);
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    struct http_session *session = parser->data;

    for (size_t i = 0; i < len; i++) {
        if (session->name_len < sizeof session->name)
            session->name[session->name_len] = at[i];
        if (session->name_len <= sizeof session->name)
            session->name_len++;
    }
    return count_head(parser, len);
}

static bool is_name(const struct http_session *session, const char *name)
{
    return session->name_len == strlen(name) && strncasecmp(session->name, name, session->name_len) == 0;
}

static int on_header_field_complete(llhttp_t *parser)
{
    struct http_session *session = parser->data;

    session->header = HEADER_OTHER;
    if (is_name(session, "Content-Type") && !session->has_content_type)
        session->header = HEADER_CONTENT_TYPE;
    else if (is_name(session, "Expect"))
        session->header = HEADER_EXPECT;
    session->has_content_type = session->has_content_type || session->header == HEADER_CONTENT_TYPE;
    session->name_len = 0;
    return count_head(parser, sizeof ": \r\n" - 1);
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
    struct http_session *session = parser->data;

    if (session->header == HEADER_CONTENT_TYPE)
        buf_append(&session->content_type, at, len);
    else if (session->header == HEADER_EXPECT)
        buf_append(&session->body, at, len); /* no body yet: kept there until the head is complete */
    return count_head(parser, len);
}

/* RFC 9110, 10.1.1. */
static int check_expectation(struct http_session *session)
{
    struct span expected = buf_span(&session->body);
    bool is_continue = expected.len == 12 && strncasecmp((const char *)expected.data, "100-continue", 12) == 0;
    bool is_old = session->parser.http_minor == 0;

    buf_reset(&session->body);
    if (expected.len == 0 || is_old)
        return HPE_OK;
    if (!is_continue)
        return fail(&session->parser, 417, "the only expectation that can be met is 100-continue");
    session->expects_continue = true;
    return HPE_PAUSED;
}

static int on_headers_complete(llhttp_t *parser)
{
    struct http_session *session = parser->data;

    parser->upgrade = 0; /* no other protocol is spoken: an offer to switch is passed over */
    if (parser->http_major != 1)
        return fail(parser, 400, "this port speaks HTTP/1.1");
    if ((parser->flags & F_CONTENT_LENGTH) && parser->content_length > LIMIT_BODY_BYTES)
        return fail(parser, 413, "the body is larger than 10 MiB");
    return check_expectation(session);
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct http_session *session = parser->data;

    buf_append(&session->body, at, len);
    return session->body.overflow ? fail(parser, 413, "the body is larger than 10 MiB") : HPE_OK;
}

static int on_message_begin(llhttp_t *parser)
{
    struct http_session *session = parser->data;

    session->in_request = true;
    return HPE_OK;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_session *session = parser->data;

    session->in_request = false;
    session->keep_alive = llhttp_should_keep_alive(parser) != 0;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_headers_complete = on_headers_complete,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* --- the session --- */

static void reset_large(struct buf *buf)
{
    if (buf->capacity > LIMIT_KEPT_BYTES)
        buf_free(buf);
    buf_reset(buf);
}

static void forget_request(struct http_session *session)
{
    reset_large(&session->target);
    reset_large(&session->content_type);
    reset_large(&session->body);
    session->head_bytes = 0;
    session->name_len = 0;
    session->has_content_type = false;
    session->expects_continue = false;
}

void http_session_init(struct http_session *session, struct http_shared *shared, const struct http_handler *handler)
{
    *session = (struct http_session){.shared = shared, .handler = *handler};
    /* llhttp keeps the settings as they are; its interface only lacks the const. */
    llhttp_init(&session->parser, HTTP_REQUEST, (llhttp_settings_t *)(uintptr_t)&settings);
    session->parser.data = session;
    buf_init(&session->target, LIMIT_HEAD_BYTES);
    buf_init(&session->content_type, LIMIT_HEAD_BYTES);
    buf_init(&session->body, LIMIT_BODY_BYTES);
}

void http_session_free(struct http_session *session)
{
    buf_free(&session->target);
    buf_free(&session->content_type);
    buf_free(&session->body);
}

/* A first byte of 0x16 is a TLS handshake. */
static void refuse_unreadable(struct http_session *session, enum llhttp_errno error, const uint8_t *data, size_t len)
{
    char message[160];

    if (session->failure) {
        refuse(session, session->failure, session->reason);
    } else if (!session->in_request && len && data[0] == 0x16) {
        refuse(session, 400, "this port speaks plain HTTP/1.1, not TLS: use http://");
    } else if (error == HPE_PAUSED_H2_UPGRADE) {
        refuse(session, 400, "this port speaks HTTP/1.1, not HTTP/2");
    } else {
        snprintf(message, sizeof message, "not a valid HTTP/1.1 request: %s", llhttp_get_error_reason(&session->parser));
        refuse(session, 400, message);
    }
}

/* Where llhttp stopped: a request is complete, or its head is and the client waits. */
static void pause_here(struct http_session *session)
{
    llhttp_resume(&session->parser);
    if (session->in_request) {
        session->expects_continue = false;
        session->output = span_text("HTTP/1.1 100 Continue\r\n\r\n");
        return;
    }
    answer(session);
}

size_t http_session_feed(struct http_session *session, const uint8_t *data, size_t len)
{
    enum llhttp_errno error;

    session->output = NO_SPAN;
    session->answered = false;
    if (session->state == HTTP_OVER || len == 0)
        return 0;
    if (!session->in_request)
        forget_request(session);
    error = llhttp_execute(&session->parser, (const char *)data, len);
    if (error == HPE_OK)
        return len;
    if (error == HPE_PAUSED) {
        size_t taken = (size_t)((const uint8_t *)llhttp_get_error_pos(&session->parser) - data);
        pause_here(session);
        return taken;
    }
    refuse_unreadable(session, error, data, len);
    return len;
}

struct span http_session_output(const struct http_session *session)
{
    return session->output;
}

void http_session_time_out(struct http_session *session)
{
    refuse(session, 408, "the request did not arrive within 30 seconds");
}
