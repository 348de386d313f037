/* Clients that start with HTTP/2 by prior knowledge. */
#include "test/unit/http_session_fixture.h"

/* What curl sends, and the same cut at every byte. */
static void http_2_is_refused_in_its_own_frames(void **state)
{
    static const char input[] = PREFACE "\0\0\x06\4\0\0\0\0\0\0\3\0\0\0\x64" /* SETTINGS */
                                        "\0\0\4\x08\0\0\0\0\0\0\1\0\0"       /* WINDOW_UPDATE */
                                        "\0\0\3\1\5\0\0\0\7\x82\x84\x86"     /* HEADERS, stream 7 */
                                        "GET / HTTP/1.1\r\n\r\n";            /* not read any more */
    static const char body[] = "{\"error\":\"" HTTP2_SENTENCE "\"}";
    const struct span sent = span_of(input, sizeof input - 1);
    struct buf expected, out;

    (void)state;
    buf_init(&expected, SIZE_MAX);
    buf_init(&out, SIZE_MAX);
    buf_append(&expected,
               "\0\0\0\4\0\0\0\0\0"
               "\0\0\0\4\1\0\0\0\0",
               18);
    buf_append(&expected,
               "\0\0\x14\1\4\0\0\0\7"
               "\x8c\x0f\x10\x10"
               "application/json",
               29);
    buf_append(&expected, "\0\0", 2);
    buf_append_byte(&expected, sizeof body - 1);
    buf_append(&expected, "\0\1\0\0\0\7", 6);
    buf_append_text(&expected, body);
    buf_append(&expected,
               "\0\0\x08\7\0\0\0\0\0"
               "\0\0\0\7\0\0\0\0",
               17);
    for (size_t first = 0; first <= sent.len; first++) {
        answer_in_pieces(sent, first, 0, &out);
        assert_true(span_equal(buf_span(&out), buf_span(&expected)));
        buf_reset(&out);
    }
    answer_bytewise(sent, &out);
    assert_true(span_equal(buf_span(&out), buf_span(&expected)));
    buf_free(&out);
    buf_free(&expected);
}

/* A client that waits, or a person at a terminal, gets the same sentence in HTTP/1.1. */
static void http_2_without_a_request_is_refused_in_http_1(void **state)
{
    struct http_shared shared;
    struct http_session session;
    struct buf out;

    (void)state;
    http_session_shared_init(&shared);
    http_session_init(&session, &shared, &echo_handler);
    buf_init(&out, SIZE_MAX);
    feed(&session, (const uint8_t *)PREFACE, strlen(PREFACE), &out);
    assert_int_equal(session.state, HTTP_READS_HTTP2);
    assert_true(session.reader.is_in_request);
    assert_int_equal(out.len, 0);
    http_session_time_out(&session);
    buf_append_span(&out, http_session_output(&session));
    assert_int_equal(session.state, HTTP_OVER);
    assert_answer(&out, REFUSED("400 Bad Request", HTTP2_SENTENCE));
    buf_free(&out);
    http_session_free(&session);
    http_session_shared_free(&shared);
}

static void endless_frames_without_a_request_end(void **state)
{
    uint8_t *text = stretch(PREFACE "\xff\xff\xff", 'x', "x", HTTP2_REFUSAL_READ_MAX + sizeof PREFACE);

    (void)state;
    assert_int_equal(status_of(span_of(text, HTTP2_REFUSAL_READ_MAX + sizeof PREFACE - 1), 1000), 0);
    assert_int_equal(status_of(span_of(text, HTTP2_REFUSAL_READ_MAX + sizeof PREFACE), 1000), 400);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(http_2_is_refused_in_its_own_frames),
        cmocka_unit_test(http_2_without_a_request_is_refused_in_http_1),
        cmocka_unit_test(endless_frames_without_a_request_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
