/* Requests as they come over a connection, however they are cut. */
#include "test/unit/http_session_fixture.h"

#include <stdio.h>

#define TWO_LENGTHS                                                                                          \
    REFUSED("400 Bad Request",                                                                               \
            "there are both a Content-Length and a Transfer-Encoding: send only one of them")

static const struct {
    const char *input;
    const char *output;
} streams[] = {
    {"GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n", OK_1_1("GET /a b=c  ")},
    {"POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello", OK_1_1("POST /a   hello")},
    {"", ""},
    {"\r\n\r\nGET /a HTTP/1.1\r\n\r\n\r\nGET /b HTTP/1.1\r\n\r\n", OK_1_1("GET /a   ") OK_1_1("GET /b   ")},
    {"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\nPOST /c "
     "HTTP/1.1\r\nContent-Length: 0\r\n\r\n"
     "GET /d",
     OK_1_1("POST /a   hi") OK_1_1("GET /b   ") OK_1_1("POST /c   ")},
    {"POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=\"y "
     "z\"\r\nabc\r\nA\r\n0123456789\r\n0\r\nExpect: x\r\n"
     "Content-Type: y\r\nChecksum: 7\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
     OK_1_1("POST /a   abc0123456789") OK_1_1("GET /b   ")},
    {"GET /a HTTP/1.0\r\n\r\nGET /b HTTP/1.0\r\n\r\n", OK_CLOSE("GET /a   ")},
    {"GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /b HTTP/1.1\r\nConnection: close\r\n\r\nGET /c "
     "HTTP/1.1\r\n\r\n",
     OK_1_0("GET /a   ") OK_CLOSE("GET /b   ")},
    {"HEAD /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n", OK_BODILESS("10") OK_1_1("GET /b   ")},
    {"POST /a HTTP/1.1\r\nContent-Type: one; x=y\r\ncontent-type: two\r\nContent-Length: 0\r\n\r\n",
     OK_1_1("POST /a  one; x=y ")},
    {"POST http://h:1/a?b HTTP/1.1\r\n\r\nGET http://h HTTP/1.1\r\n\r\nGET http://h?q HTTP/1.1\r\n\r\n",
     OK_1_1("POST /a b  ") OK_1_1("GET /   ") OK_1_1("GET / q  ")},
    {"DELETE /a HTTP/1.1\r\n\r\n", OK_1_1("OTHER /a   ")},
    {"GET /a HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
     OK_1_1("GET /a   ") OK_1_1("GET /b   ")},
    {"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\n\r\n",
     CONTINUE OK_1_1("POST /a   hi") OK_1_1("GET /b   ")},
    {"POST /a HTTP/1.1\r\nExpect: 100-Continue \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
     CONTINUE OK_1_1("POST /a   hi")},
    {"POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n", OK_1_1("POST /a   ")},
    {"POST /a HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi", OK_CLOSE("POST /a   hi")},
    {"POST /a HTTP/1.1\r\nExpect: 100-continue, and more of it\r\nContent-Length: 2\r\n\r\nhi",
     REFUSED("417 Expectation Failed", "the only supported expectation is 100-continue")},
    {"POST /a HTTP/1.1\r\nExpect: 100-continue            x\r\nContent-Length: 2\r\n\r\nhi",
     REFUSED("417 Expectation Failed", "the only supported expectation is 100-continue")},
    {"POST /a HTTP/1.1\r\nContent-Length: 10485761\r\nExpect: 100-continue\r\n\r\n",
     REFUSED("413 Content Too Large", "the body is larger than 10 MiB")},
    {"HEAD /a HTTP/1.1\r\nContent-Length: 10485761\r\n\r\n",
     "HTTP/1.1 413 Content Too Large\r\nContent-Type: application/json\r\nContent-Length: 42\r\nConnection: "
     "close\r\n\r\n"},
    {"POST /a HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
     REFUSED("501 Not Implemented", "the only supported transfer coding is chunked")},
    {"POST /a HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: gzip\r\n\r\nhi", TWO_LENGTHS},
    {"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 0\r\n\r\n0\r\n\r\n", TWO_LENGTHS},
    {"GET /a HTTP/2.0\r\n\r\n", REFUSED("505 HTTP Version Not Supported", "this port only speaks HTTP/1.1")},
    {"CONNECT a:1 HTTP/1.1\r\n\r\nGET /b HTTP/1.1\r\n\r\n",
     REFUSED("400 Bad Request", "the request target must be a path that starts with '/'")},
    {"\x16\x03\x01\x02\x03\x04\x05\x06\x07",
     REFUSED("400 Bad Request", "this port speaks plain HTTP/1.1, not TLS: use http://")},
    {"\r\n\r\n\x16\x03\x01",
     REFUSED("400 Bad Request", "this port speaks plain HTTP/1.1, not TLS: use http://")},
    {"\r\r\r\n\x16\x03\x01",
     "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 74\r\nConnection: "
     "close\r\n\r\n{\"error\":\"not a valid HTTP/1.1 request: a CR has to be followed by an LF\"}"},
    {"GET /a HTTP/1.1\r\n\r\n\r\n\x16\x03\x01",
     OK_1_1("GET /a   ") REFUSED("400 Bad Request", "this port speaks plain HTTP/1.1, not TLS: use http://")},
    {"POST /a HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", ENCODED("gzip")},
    {"POST /a HTTP/1.1\r\nContent-Encoding: identity\r\ncontent-encoding: GZip, br \r\nTransfer-Encoding: "
     "chunked\r\nContent-Encoding: zstd\r\n\r\n",
     ENCODED("GZip, br")},
    {"POST /a HTTP/1.1\r\nContent-Encoding: a-coding-with-a-name-that-is-long\r\nContent-Length: 2\r\n\r\nhi",
     ENCODED("a-coding-with-a-name-tha")},
    {"POST /a HTTP/1.1\r\nContent-Encoding: gzip\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
     ENCODED("gzip")},
    {"POST /a HTTP/1.1\r\nContent-Encoding:\r\nContent-Length: 2\r\n\r\nhiPOST /b HTTP/1.1\r\n"
     "Content-Encoding: Identity\r\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\r\nContent-Encoding: "
     "gzip\r\n\r\n"
     "POST /d HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Encoding: gzip\r\n\r\n",
     OK_1_1("POST /a   hi") OK_1_1("POST /b   hi") OK_1_1("GET /c   ") OK_1_1("POST /d   ")},
    {PREFACE "\x00\x00\x00\x04\x00\x00\x00\x00\x00", ""},
};

static void assert_stream(size_t index)
{
    struct span input = span_text(streams[index].input);
    struct buf out;

    buf_init(&out, SIZE_MAX);
    for (size_t first = 0; first <= input.len; first++) {
        answer_in_pieces(input, first, 0, &out);
        assert_answer(&out, streams[index].output);
        buf_reset(&out);
    }
    answer_bytewise(input, &out);
    assert_answer(&out, streams[index].output);
    buf_free(&out);
}

static void however_a_stream_is_cut_it_gets_the_same_answers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof streams / sizeof *streams; i++)
        assert_stream(i);
}

static void two_cuts_make_no_difference_either(void **state)
{
    struct span input = span_text(streams[5].input);
    struct buf out;

    (void)state;
    buf_init(&out, SIZE_MAX);
    for (size_t first = 0; first <= input.len; first++) {
        for (size_t second = 0; second <= input.len - first; second++) {
            answer_in_pieces(input, first, second, &out);
            assert_answer(&out, streams[5].output);
            buf_reset(&out);
        }
    }
    buf_free(&out);
}

/* One stream after another that must be refused with 400, whatever the words. */
static void what_is_not_http_is_refused(void **state)
{
    static const char *const inputs[] = {
        "hello\r\n\r\n",
        "GET a HTTP/1.1\r\n\r\n",
        "GET /a FTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /a HTTP/1.1\r\nA : b\r\n\r\n",
        "GET /a HTTP/1.1\r\n: b\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length : 1\r\n\r\nx",
        "POST /a HTTP/1.1\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\nx",
        "POST /a HTTP/1.1\r\nContent-Length: 18446744073709551616\r\n\r\nx",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n11111111111111111\r\nx\r\n0\r\n\r\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        struct span input = span_text(inputs[i]);
        struct buf whole, cut;

        buf_init(&whole, SIZE_MAX);
        buf_init(&cut, SIZE_MAX);
        answer_in_pieces(input, input.len, 0, &whole);
        buf_append_byte(&whole, 0);
        answer_bytewise(input, &cut);
        if (whole.len < 12 || memcmp(whole.data, "HTTP/1.1 400", 12) != 0)
            fail_msg("not refused: %s", inputs[i]);
        assert_answer(&cut, (const char *)whole.data);
        buf_free(&whole);
        buf_free(&cut);
    }
}

static void a_head_may_have_just_the_limit(void **state)
{
    static const size_t pieces[] = {1, 1000, LIMIT_HEAD_BYTES, 1 << 20};
    static const char fillers[] = {'x', ' '};

    (void)state;
    for (size_t filler = 0; filler < 2; filler++) {
        for (size_t over = 0; over < 2; over++) {
            size_t len = LIMIT_HEAD_BYTES + over;
            uint8_t *text = stretch("GET /a HTTP/1.1\r\nX: ", fillers[filler], "x\r\n\r\n", len);
            for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
                assert_int_equal(status_of(span_of(text, len), pieces[i]), over ? 431 : 200);
            free(text);
        }
    }
}

static void a_body_may_have_just_the_limit(void **state)
{
    static const char *const heads[] = {
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\na00000\r\n",
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\na00001\r\n",
    };

    (void)state;
    for (size_t over = 0; over < 2; over++) {
        size_t len = strlen(heads[over]) + LIMIT_BODY_BYTES + over + strlen("\r\n0\r\n\r\n");
        uint8_t *text = stretch(heads[over], 'x', "\r\n0\r\n\r\n", len);
        assert_int_equal(status_of(span_of(text, len), LIMIT_READ_BYTES), over ? 413 : 200);
        free(text);
    }
}

static void a_request_that_takes_too_long_is_refused(void **state)
{
    const struct span start = span_text("POST /a HTTP/1.1\r\nContent-");
    struct http_shared shared;
    struct http_session session;

    (void)state;
    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    assert_false(session.reader.is_in_request);
    assert_int_equal(http_session_feed(&session, start.data, start.len), start.len);
    assert_true(session.reader.is_in_request);
    http_session_time_out(&session);
    assert_int_equal(session.state, HTTP_OVER);
    assert_memory_equal(http_session_output(&session).data, "HTTP/1.1 408 ", 13);
    assert_int_equal(http_session_feed(&session, start.data, start.len), 0);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

/* Fails requests to /fail. */
static void fail_some(void *context, struct exchange *exchange)
{
    (void)context;
    if (span_is(exchange->request.path, "/fail"))
        exchange_fail_quoting(&exchange->response, 400, "no color secret", "no such color");
}

static const struct http_answer *ask(struct http_session *session, const char *request)
{
    assert_int_equal(http_session_feed(session, (const uint8_t *)request, strlen(request)), strlen(request));
    assert_true(session->has_answered);
    return &session->answer;
}

static void an_answer_has_the_reason_of_its_own_request(void **state)
{
    static const struct http_handler handler = {.serve = fail_some};
    struct http_shared shared;
    struct http_session session;

    (void)state;
    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &handler);
    assert_string_equal(ask(&session, "GET /fail HTTP/1.1\r\nUser-Agent: a/1\r\n\r\n")->remarks->reason,
                        "no such color");
    assert_true(span_is(session.answer.agent, "a/1"));
    assert_null(ask(&session, "GET /good HTTP/1.1\r\n\r\n")->remarks);
    assert_int_equal(session.answer.agent.len, 0);
    assert_string_equal(ask(&session, "GET /fail HTTP/1.1\r\n\r\n")->remarks->reason, "no such color");
    assert_string_equal(
        ask(&session, "GET /a HTTP/1.1\r\nUser-Agent: b\r\nExpect: rain\r\n\r\n")->remarks->reason,
        "the only supported expectation is 100-continue");
    http_session_free(&session);
    http_session_shared_free(&shared);
}

static size_t ask_for_bytes(struct http_session *session, size_t len)
{
    char head[60];
    uint8_t *body = calloc(1, len);

    snprintf(head, sizeof head, "POST /a HTTP/1.1\r\nContent-Length: %zu\r\n\r\n", len);
    http_session_feed(session, (const uint8_t *)head, strlen(head));
    http_session_feed(session, body, len);
    free(body);
    assert_true(http_session_output(session).len > len);
    http_session_forget_output(session);
    return session->shared->output.capacity;
}

static void the_memory_of_a_large_answer_is_kept_for_a_while(void **state)
{
    enum { LARGE = 2 * LIMIT_KEPT_OUTPUT_BYTES };
    struct http_shared shared;
    struct http_session session;

    (void)state;
    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    (void)ask_for_bytes(&session, 1);
    assert_false(http_session_shared_shrink(&shared));
    assert_true(ask_for_bytes(&session, LARGE) >= LARGE);
    assert_true(ask_for_bytes(&session, 1) >= LARGE);
    assert_true(http_session_shared_shrink(&shared));
    assert_true(ask_for_bytes(&session, 1) >= LARGE);
    assert_false(http_session_shared_shrink(&shared));
    assert_true(ask_for_bytes(&session, 1) < LIMIT_KEPT_OUTPUT_BYTES);
    assert_true(ask_for_bytes(&session, LIMIT_REUSED_OUTPUT_BYTES) > LIMIT_REUSED_OUTPUT_BYTES);
    assert_true(ask_for_bytes(&session, 1) < LIMIT_KEPT_OUTPUT_BYTES);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

static void the_last_request_says_so(void **state)
{
    const struct span request = span_text("GET /a HTTP/1.1\r\n\r\n");
    struct http_shared shared;
    struct http_session session;
    struct buf out;

    (void)state;
    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    session.is_last = true;
    http_session_feed(&session, request.data, request.len);
    assert_int_equal(session.state, HTTP_OVER);
    buf_init(&out, SIZE_MAX);
    buf_append_span(&out, http_session_output(&session));
    assert_answer(&out, OK_CLOSE("GET /a   "));
    buf_free(&out);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(however_a_stream_is_cut_it_gets_the_same_answers),
        cmocka_unit_test(two_cuts_make_no_difference_either),
        cmocka_unit_test(what_is_not_http_is_refused),
        cmocka_unit_test(a_head_may_have_just_the_limit),
        cmocka_unit_test(a_body_may_have_just_the_limit),
        cmocka_unit_test(a_request_that_takes_too_long_is_refused),
        cmocka_unit_test(an_answer_has_the_reason_of_its_own_request),
        cmocka_unit_test(the_memory_of_a_large_answer_is_kept_for_a_while),
        cmocka_unit_test(the_last_request_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
