/* Sessions that answer with what they were asked, and what they send. */
#ifndef TEST_HTTP_SESSION_FIXTURE_H
#define TEST_HTTP_SESSION_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/http/http_session.h"
#include "sim/http/limits.h"

/* Answers with what it was asked. */
static inline void echo(void *context, struct exchange *exchange)
{
    static const char *const verbs[] = {"GET", "HEAD", "POST", "OTHER"};
    const struct http_request *request = &exchange->request;

    (void)context;
    exchange->response.content_type = "text/plain";
    buf_append_text(exchange->response.body, verbs[request->verb]);
    buf_append_text(exchange->response.body, " ");
    buf_append_span(exchange->response.body, request->path);
    buf_append_text(exchange->response.body, " ");
    buf_append_span(exchange->response.body, request->query);
    buf_append_text(exchange->response.body, " ");
    buf_append_span(exchange->response.body, request->content_type);
    buf_append_text(exchange->response.body, " ");
    buf_append_span(exchange->response.body, request->body);
}

static const struct http_handler echo_handler = {.serve = echo};

/* Feeds what is there, gathering the output as a connection sends it. */
static inline void feed(struct http_session *session, const uint8_t *data, size_t len, struct buf *out)
{
    while (len > 0 && session->state != HTTP_OVER) {
        /* A copy of its own, so that a read past its end is found, and one back at it later. */
        uint8_t *copy = malloc(len);
        size_t taken;

        memcpy(copy, data, len);
        taken = http_session_feed(session, copy, len);
        buf_append_span(out, http_session_output(session));
        free(copy);
        assert_true(taken <= len);
        data += taken;
        len -= taken;
    }
}

static inline void answer_in_pieces(struct span input, size_t first, size_t second, struct buf *out)
{
    struct http_shared shared;
    struct http_session session;

    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    feed(&session, input.data, first, out);
    feed(&session, input.data + first, second, out);
    feed(&session, input.data + first + second, input.len - first - second, out);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

static inline void answer_bytewise(struct span input, struct buf *out)
{
    struct http_shared shared;
    struct http_session session;

    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    for (size_t i = 0; i < input.len; i++)
        feed(&session, input.data + i, 1, out);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

/* Puts the length of a body, which ends where the next response starts, for each #. */
static inline void expand(const char *text, struct buf *out)
{
    for (; *text; text++) {
        const char *body = *text == '#' ? strstr(text, "\r\n\r\n") + 4 : NULL;
        const char *end = body ? strstr(body, "HTTP/1.1 ") : NULL;

        if (body)
            buf_printf(out, "%zu", end ? (size_t)(end - body) : strlen(body));
        else
            buf_append_byte(out, (uint8_t)*text);
    }
}

static inline void assert_answer(const struct buf *out, const char *expected)
{
    struct buf whole;

    buf_init(&whole, SIZE_MAX);
    expand(expected, &whole);
    if (!span_equal(buf_span(out), buf_span(&whole)))
        fail_msg("got:\n%.*s\nexpected:\n%.*s", (int)out->len, (const char *)out->data, (int)whole.len,
                 (const char *)whole.data);
    buf_free(&whole);
}

/* Each # is the length of the body after it. */
#define OK_START "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: "
#define OK_1_1(body) OK_START "#\r\n\r\n" body
#define OK_CLOSE(body) OK_START "#\r\nConnection: close\r\n\r\n" body
#define OK_1_0(body) OK_START "#\r\nConnection: keep-alive\r\n\r\n" body
#define OK_BODILESS(length) OK_START length "\r\n\r\n"
#define REFUSED(status, message)                                                                             \
    "HTTP/1.1 " status "\r\nContent-Type: application/json\r\nContent-Length: #"                             \
    "\r\nConnection: close\r\n\r\n{\"error\":\"" message "\"}"
#define ENCODED(coding)                                                                                      \
    "HTTP/1.1 415 Unsupported Media Type\r\nContent-Type: application/json\r\nContent-Length: #"             \
    "\r\nConnection: close\r\nAccept-Encoding: identity\r\n\r\n{\"error\":\"the body has the "               \
    "Content-Encoding \\\"" coding "\\\": send it as it is, without that header\"}"
#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define CONTINUE "HTTP/1.1 100 Continue\r\n\r\n"

#define HTTP2_SENTENCE                                                                                       \
    "this port speaks HTTP/1.1, not HTTP/2: the client must not start with HTTP/2 by prior knowledge"

static inline int status_of(struct span input, size_t piece)
{
    struct http_shared shared;
    struct http_session session;
    struct buf out;
    int status;

    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    buf_init(&out, SIZE_MAX);
    for (size_t at = 0; at < input.len; at += piece)
        feed(&session, input.data + at, input.len - at < piece ? input.len - at : piece, &out);
    status = session.answer.status;
    buf_free(&out);
    http_session_free(&session);
    http_session_shared_free(&shared);
    return status;
}

/* start, then as many bytes of filler as make `len` in all with end. */
static inline uint8_t *stretch(const char *start, char filler, const char *end, size_t len)
{
    struct span head = span_text(start), tail = span_text(end);
    uint8_t *text = malloc(len);

    memset(text, filler, len);
    memcpy(text, head.data, head.len);
    memcpy(text + len - tail.len, tail.data, tail.len);
    return text;
}

#endif
