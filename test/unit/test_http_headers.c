/* What comes of headers in a request is in test_http_reader.c and in test/http/strictness.json. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "sim/http/http_headers.h"
#include "sim/http/limits.h"

static char sentence[HTTP_SENTENCE_BYTES];

static int set_up(void **state)
{
    struct http_headers *headers = malloc(sizeof *headers);

    http_headers_init(headers);
    *state = headers;
    return 0;
}

static int tear_down(void **state)
{
    http_headers_free(*state);
    free(*state);
    return 0;
}

/* A byte at a time, as the slowest client sends it. Returns the status of the first end that has one. */
static int read_header(struct http_headers *headers, const char *name, const char *value)
{
    int status;

    for (; *name; name++)
        http_headers_name(headers, name, 1);
    if ((status = http_headers_name_end(headers, sentence)))
        return status;
    for (; *value; value++)
        http_headers_value(headers, value, 1);
    return http_headers_value_end(headers, false, sentence);
}

static void the_first_value_is_kept(void **state)
{
    struct http_headers *headers = *state;
    struct http_request request;

    assert_int_equal(read_header(headers, "content-TYPE", "text/plain"), 0);
    assert_int_equal(read_header(headers, "Content-Type", "text/html"), 0);
    assert_int_equal(read_header(headers, "X-Other", "text/css"), 0);
    assert_int_equal(read_header(headers, "Host", "a.example \t"), 0);
    http_headers_request(headers, &request);
    assert_true(span_is(request.content_type, "text/plain"));
    assert_true(request.has_host && span_is(request.host, "a.example"));
    assert_false(request.has_origin || request.is_cross_site);
}

static void a_second_host_is_refused(void **state)
{
    assert_int_equal(read_header(*state, "Host", "a"), 0);
    assert_int_equal(read_header(*state, "HOST", "a"), 400);
    assert_string_equal(sentence, "there are two HOST headers");
}

static void a_long_agent_is_cut(void **state)
{
    struct http_headers *headers = *state;
    struct http_request request;
    char agent[LIMIT_USER_AGENT_BYTES + 2];

    memset(agent, 'a', sizeof agent);
    agent[sizeof agent - 1] = '\0';
    assert_int_equal(read_header(headers, "User-Agent", agent), 0);
    http_headers_request(headers, &request);
    assert_int_equal(request.user_agent.len, LIMIT_USER_AGENT_BYTES);
}

static void a_name_or_value_that_goes_on_is_another_one(void **state)
{
    struct http_headers *headers = *state;
    struct http_request request;

    assert_int_equal(read_header(headers, "Host-and-so-on-beyond-all-names", "a"), 0);
    assert_int_equal(read_header(headers, "Transfer-Encoding", "chunked, and more than that"), 501);
    http_headers_request(headers, &request);
    assert_false(request.has_host);
}

static void an_encoding_that_is_not_supported_is_remembered(void **state)
{
    struct http_headers *headers = *state;

    assert_int_equal(read_header(headers, "Content-Encoding", "identity"), 0);
    assert_int_equal(headers->encoding.len, 0);
    assert_int_equal(read_header(headers, "Content-Encoding", "gzip"), 0);
    assert_int_equal(read_header(headers, "Content-Encoding", "identity"), 0);
    assert_memory_equal(headers->encoding.text, "gzip", 4);
    http_headers_begin(headers);
    assert_int_equal(headers->encoding.len, 0);
}

static void expectations_are_for_new_clients(void **state)
{
    struct http_headers *headers = *state;

    http_headers_name(headers, "Expect", 6);
    assert_int_equal(http_headers_name_end(headers, sentence), 0);
    http_headers_value(headers, "more", 4);
    assert_int_equal(http_headers_value_end(headers, true, sentence), 0);
    assert_false(headers->expects_continue);
    assert_int_equal(read_header(headers, "Expect", "100-Continue"), 0);
    assert_true(headers->expects_continue);
    assert_int_equal(read_header(headers, "Expect", "more"), 417);
}

static void the_next_request_starts_anew(void **state)
{
    struct http_headers *headers = *state;
    struct http_request request;

    assert_int_equal(read_header(headers, "Sec-Fetch-Site", "cross-site"), 0);
    assert_int_equal(read_header(headers, "Origin", "http://a.example"), 0);
    http_headers_request(headers, &request);
    assert_true(request.is_cross_site && request.has_origin);
    http_headers_begin(headers);
    http_headers_request(headers, &request);
    assert_false(request.is_cross_site || request.has_origin);
    assert_int_equal(request.origin.len, 0);
    assert_int_equal(read_header(headers, "Sec-Fetch-Site", "same-origin"), 0);
    assert_int_equal(read_header(headers, "Sec-Fetch-Site", "same-origin"), 400);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_value_is_kept),
        TEST(a_second_host_is_refused),
        TEST(a_long_agent_is_cut),
        TEST(a_name_or_value_that_goes_on_is_another_one),
        TEST(an_encoding_that_is_not_supported_is_remembered),
        TEST(expectations_are_for_new_clients),
        TEST(the_next_request_starts_anew),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
