/* Responses of other servers, cut at every place. */
#include "sim/http/http_reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Reads a text in two pieces. */
static void read_cut(struct http_reply *reply, const char *text, size_t cut)
{
    http_reply_init(reply, 64);
    http_reply_read(reply, (const uint8_t *)text, cut);
    http_reply_read(reply, (const uint8_t *)text + cut, strlen(text) - cut);
}

static void responses_are_read_however_they_come(void **state)
{
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
    };
    struct http_reply reply;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
            read_cut(&reply, texts[i], cut);
            http_reply_end(&reply);
            assert_int_equal(reply.state, HTTP_REPLY_COMPLETE);
            assert_int_equal(reply.status, 200);
            assert_true(span_is(buf_span(&reply.body), "hello"));
            http_reply_free(&reply);
        }
}

static void what_is_not_a_whole_response_fails(void **state)
{
    static const struct {
        const char *text, *problem;
    } cases[] = {
        {"", "not HTTP/1.1, or is cut"},
        {"hello", "not HTTP/1.1, or is cut"},
        {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "not HTTP/1.1, or is cut"},
        {"HTTP/1.1 200 OK\r\n\r\n"
         "0123456789012345678901234567890123456789012345678901234567890123456789",
         "too long"},
    };
    struct http_reply reply;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        read_cut(&reply, cases[i].text, strlen(cases[i].text) / 2);
        http_reply_end(&reply);
        assert_int_equal(reply.state, HTTP_REPLY_FAILED);
        assert_non_null(strstr(reply.problem, cases[i].problem));
        http_reply_free(&reply);
    }
}

static void a_refusal_is_a_response(void **state)
{
    struct http_reply reply;

    (void)state;
    read_cut(&reply, "HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\nmore", 7);
    assert_int_equal(reply.state, HTTP_REPLY_COMPLETE);
    assert_int_equal(reply.status, 503);
    assert_int_equal(reply.body.len, 0);
    http_reply_free(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(responses_are_read_however_they_come),
        cmocka_unit_test(what_is_not_a_whole_response_fails),
        cmocka_unit_test(a_refusal_is_a_response),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
