#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/http/http_head.h"
#include "sim/http/limits.h"

static void assert_written(struct http_response response, enum http_connection connection, const char *body,
                           const char *expected)
{
    struct buf buf;
    size_t len;

    buf_init_front(&buf, 1000, LIMIT_RESPONSE_HEAD_BYTES);
    buf_append_text(&buf, body);
    response.body = &buf;
    len = http_head_write(&response, HTTP_FRAMING_LENGTH, connection);
    assert_true(span_is(span_of(buf.data - len, len + buf.len), expected));
    buf_free(&buf);
}

static void a_head_stands_right_in_front_of_the_body(void **state)
{
    (void)state;
    assert_written((struct http_response){.status = 200, .content_type = "a/b"}, HTTP_CONNECTION_UNSAID,
                   "body", "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 4\r\n\r\nbody");
    assert_written((struct http_response){.status = 405, .headers = "Allow: POST\r\nX: y\r\n"},
                   HTTP_CONNECTION_CLOSE, "body of 14 len",
                   "HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 14\r\nConnection: close\r\n"
                   "Allow: POST\r\nX: y\r\n\r\nbody of 14 len");
    assert_written((struct http_response){.status = 299}, HTTP_CONNECTION_KEEP_ALIVE, "",
                   "HTTP/1.1 299 \r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

/* Every status that the program itself answers with. */
static void the_programs_statuses_have_phrases(void **state)
{
    static const int statuses[] = {200, 400, 401, 403, 404, 405, 408, 410,
                                   413, 415, 417, 431, 500, 501, 503, 505};

    (void)state;
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        struct http_response response = {.status = statuses[i]};
        struct buf buf;
        size_t len;

        buf_init_front(&buf, 0, LIMIT_RESPONSE_HEAD_BYTES);
        response.body = &buf;
        len = http_head_write(&response, HTTP_FRAMING_LENGTH, HTTP_CONNECTION_UNSAID);
        assert_true(len > 14);
        assert_int_not_equal(*(buf.data - len + sizeof "HTTP/1.1 410 " - 1), '\r');
        buf_free(&buf);
    }
}

static void a_head_that_does_not_fit_is_not_written(void **state)
{
    struct buf body;
    char *headers = malloc(LIMIT_RESPONSE_HEAD_BYTES);
    struct http_response response = {.status = 200, .headers = headers, .body = &body};

    (void)state;
    buf_init_front(&body, 1000, LIMIT_RESPONSE_HEAD_BYTES);
    memset(headers, 'x', LIMIT_RESPONSE_HEAD_BYTES);
    headers[LIMIT_RESPONSE_HEAD_BYTES - 1] = 0;
    assert_int_equal(http_head_write(&response, HTTP_FRAMING_LENGTH, HTTP_CONNECTION_UNSAID), 0);
    headers[LIMIT_RESPONSE_HEAD_BYTES - 40] = 0; /* and 17 + 19 + 2 bytes of others */
    assert_int_equal(http_head_write(&response, HTTP_FRAMING_LENGTH, HTTP_CONNECTION_UNSAID),
                     LIMIT_RESPONSE_HEAD_BYTES - 40 + 38);
    buf_free(&body);
    free(headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_stands_right_in_front_of_the_body),
        cmocka_unit_test(the_programs_statuses_have_phrases),
        cmocka_unit_test(a_head_that_does_not_fit_is_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
