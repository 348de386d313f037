/* What the session does not show of the reader; how cuts are borne is in test_http_session.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/http/http_reader.h"
#include "sim/http/limits.h"

static int set_up(void **state)
{
    struct http_reader *reader = malloc(sizeof *reader);

    http_reader_init(reader);
    *state = reader;
    return 0;
}

static int tear_down(void **state)
{
    http_reader_free(*state);
    free(*state);
    return 0;
}

static void assert_read(struct http_reader *reader, const char *text, enum http_progress progress,
                        size_t taken)
{
    size_t got;

    assert_int_equal(http_reader_read(reader, (const uint8_t *)text, strlen(text), &got), progress);
    if (progress != HTTP_PROGRESS_FAILED)
        assert_int_equal(got, taken);
}

static void it_reads_up_to_the_end_of_a_request(void **state)
{
    struct http_reader *reader = *state;
    static const char two[] = "POST /a?b HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /c HTTP/1.1\r\n\r\n";
    struct http_request request;

    assert_null(http_reader_verb(reader));
    assert_read(reader, "", HTTP_PROGRESS_MORE, 0);
    assert_read(reader, two, HTTP_PROGRESS_COMPLETE, 43);
    assert_false(reader->is_in_request);
    assert_true(reader->is_keep_alive);
    assert_string_equal(http_reader_verb(reader), "POST");
    http_reader_request(reader, &request);
    assert_int_equal(request.verb, HTTP_VERB_POST);
    assert_true(span_is(request.path, "/a"));
    assert_true(span_is(request.query, "b"));
    assert_true(span_is(request.body, "hi"));
    assert_read(reader, two + 43, HTTP_PROGRESS_COMPLETE, strlen(two + 43));
    http_reader_request(reader, &request);
    assert_true(span_is(request.path, "/c"));
    assert_int_equal(request.query.len, 0);
    assert_int_equal(request.body.len, 0);
}

static void assert_agent(struct http_reader *reader, const char *head, const char *expected)
{
    struct http_request request;

    assert_read(reader, head, HTTP_PROGRESS_COMPLETE, strlen(head));
    http_reader_request(reader, &request);
    assert_true(span_is(request.user_agent, expected));
}

static void it_keeps_the_start_of_the_first_user_agent(void **state)
{
    struct http_reader *reader = *state;
    char agent[LIMIT_USER_AGENT_BYTES + 2], head[300];

    assert_agent(reader, "GET / HTTP/1.1\r\nuser-agent: a/1 (b)\r\nUser-Agent: c\r\n\r\n", "a/1 (b)");
    assert_agent(reader, "GET / HTTP/1.1\r\nUser-Agent:\r\nUser-Agent: c\r\n\r\n", "");
    assert_agent(reader, "GET / HTTP/1.1\r\n\r\n", "");
    memset(agent, 'u', sizeof agent);
    for (int len = LIMIT_USER_AGENT_BYTES - 1; len <= LIMIT_USER_AGENT_BYTES + 1; len++) {
        char expected[LIMIT_USER_AGENT_BYTES + 1];

        snprintf(head, sizeof head, "GET / HTTP/1.1\r\nUser-Agent: %.*s\r\n\r\n", len, agent);
        snprintf(expected, sizeof expected, "%.*s", len, agent);
        assert_agent(reader, head, expected);
    }
}

static void it_says_when_the_client_waits(void **state)
{
    struct http_reader *reader = *state;
    static const char head[] = "POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n";

    assert_read(reader, head, HTTP_PROGRESS_CONTINUE, strlen(head));
    assert_true(reader->is_in_request && reader->is_head_complete);
    assert_read(reader, "x", HTTP_PROGRESS_COMPLETE, 1);
}

static void old_versions_and_closing_are_told(void **state)
{
    struct http_reader *reader = *state;

    assert_read(reader, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", HTTP_PROGRESS_COMPLETE, 42);
    assert_true(http_reader_is_old(reader) && reader->is_keep_alive);
    assert_read(reader, "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", HTTP_PROGRESS_COMPLETE, 37);
    assert_false(http_reader_is_old(reader) || reader->is_keep_alive);
}

static void a_failure_has_a_status_and_a_reason(void **state)
{
    struct http_reader *reader = *state;

    assert_read(reader, "GET / HTTP/1.1\r\nExpect: more\r\n\r\n", HTTP_PROGRESS_FAILED, 0);
    assert_int_equal(reader->failure, 417);
    assert_string_equal(reader->sentence, "the only supported expectation is 100-continue");
}

static void what_llhttp_refuses_comes_with_its_words(void **state)
{
    struct http_reader *reader = *state;

    assert_read(reader, "nonsense\r\n", HTTP_PROGRESS_FAILED, 0);
    assert_int_equal(reader->failure, 400);
    assert_memory_equal(reader->sentence, "not a valid HTTP/1.1 request: ", 30);
    assert_true(strlen(reader->sentence) > 30);
}

static void it_stops_at_the_end_of_the_preface_of_http_2(void **state)
{
    struct http_reader *reader = *state;
    static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    static const char more[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\1\2\3";

    assert_read(reader, more, HTTP_PROGRESS_HTTP2, strlen(preface));
    assert_true(reader->is_in_request);
    assert_int_equal(reader->failure, 0);
}

/* Thousands of idle clients are to cost little. */
static void an_idle_reader_holds_little(void **state)
{
    struct http_reader *reader = *state;
    char *text = malloc(200000);
    size_t taken;
    int head = snprintf(text, 200000, "POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n");

    memset(text + head, 'x', 100000);
    assert_int_equal(http_reader_read(reader, (const uint8_t *)text, (size_t)head + 100000, &taken),
                     HTTP_PROGRESS_COMPLETE);
    assert_int_equal(reader->body.len, 100000);
    http_reader_drop_body(reader);
    assert_true(reader->body.capacity <= LIMIT_KEPT_REQUEST_BYTES);
    head = snprintf(text, 200000, "GET /%0*d HTTP/1.1\r\n\r\n", 10000, 0);
    http_reader_read(reader, (const uint8_t *)text, (size_t)head, &taken);
    assert_true(reader->target.len == 10001);
    assert_read(reader, "G", HTTP_PROGRESS_MORE, 1);
    assert_true(reader->target.capacity <= LIMIT_KEPT_REQUEST_BYTES);
    free(text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

static void it_tells_what_another_site_asks_for(void **state)
{
    static const struct {
        const char *text;
        bool is_cross_site;
    } cases[] = {
        {"GET / HTTP/1.1\r\nsec-fetch-site: cross-site\r\nContent-Type: cross-site\r\n\r\n", true},
        {"GET / HTTP/1.1\r\n\r\n", false}, /* of the same client, so nothing is left over */
        {"GET / HTTP/1.1\r\nSec-Fetch-Site: same-site\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nSec-Fetch-Site: none\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nSec-Fetch-Mode: cross-site\r\n\r\n", false},
    };
    struct http_reader *reader = *state;
    struct http_request request;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_read(reader, cases[i].text, HTTP_PROGRESS_COMPLETE, strlen(cases[i].text));
        http_reader_request(reader, &request);
        assert_int_equal(request.is_cross_site, cases[i].is_cross_site);
    }
}

static void a_long_head_can_be_dropped(void **state)
{
    struct http_reader *reader = *state;
    struct buf text;

    buf_init(&text, SIZE_MAX);
    buf_append_text(&text, "GET /");
    for (int i = 0; i < 12000; i++)
        buf_append_byte(&text, 'a');
    buf_append_text(&text, " HTTP/1.1\r\nAuthorization: ");
    for (int i = 0; i < 3000; i++)
        buf_append_byte(&text, 'b');
    buf_append(&text, "\r\n\r\n", 5);
    assert_read(reader, (const char *)text.data, HTTP_PROGRESS_COMPLETE, text.len - 1);
    assert_true(http_reader_held(reader) > 15000);
    http_reader_drop_head(reader);
    assert_true(http_reader_held(reader) <= LIMIT_KEPT_REQUEST_BYTES);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_long_head_can_be_dropped, set_up, tear_down),
        TEST(it_reads_up_to_the_end_of_a_request),
        TEST(it_says_when_the_client_waits),
        TEST(it_tells_what_another_site_asks_for),
        TEST(old_versions_and_closing_are_told),
        TEST(a_failure_has_a_status_and_a_reason),
        TEST(what_llhttp_refuses_comes_with_its_words),
        TEST(it_stops_at_the_end_of_the_preface_of_http_2),
        TEST(an_idle_reader_holds_little),
        TEST(it_keeps_the_start_of_the_first_user_agent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
