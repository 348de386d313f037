/* The one form of every JSON error. */
#include "sim/http/exchange.h"

#include "test/unit/vectors.h"

static void one_begins_with_nothing_of_the_last(void **state)
{
    struct buf body;
    struct http_response response;

    (void)state;
    buf_init(&body, 100);
    memset(&response, 0xff, sizeof response);
    exchange_begin(&response, &body);
    assert_int_equal(response.status, 200);
    assert_ptr_equal(response.body, &body);
    assert_true(!response.content_type && !response.headers && !response.stream && !response.hold);
    assert_true(!response.label.method && !response.label.is_background);
    assert_true(!response.fault.delay_ms && !response.fault.fails && !response.fault.drop &&
                !response.fault.cut && !response.fault.garbage);
    assert_true(http_remarks_are_empty(&response.remarks));
    assert_int_equal(response.remarks.ignored.named, 0);
    buf_free(&body);
}

static void an_error_replaces_the_response(void **state)
{
    struct buf body;
    struct http_response response = {
        .status = 200, .content_type = "text/html", .body = &body, .label = {.method = "GetKey"}};

    (void)state;
    buf_init(&body, 100);
    buf_append_text(&body, "half an answer");
    exchange_fail(&response, 404, "no \"such\" caf\xc3\xa9\n");
    buf_append_byte(&body, 0);
    assert_string_equal((const char *)body.data, "{\"error\":\"no \\\"such\\\" caf\\u00e9\\n\"}");
    assert_int_equal(response.status, 404);
    assert_string_equal(response.content_type, "application/json");
    assert_null(response.headers);
    assert_string_equal(response.label.method, "GetKey");
    assert_string_equal(response.remarks.reason, "no \"such\" caf\xc3\xa9\n");
    buf_free(&body);
}

static void a_reason_can_say_less_than_the_error(void **state)
{
    struct buf body;
    struct http_response response = {.status = 200, .body = &body};
    char reason[2 * HTTP_REASON_BYTES];

    (void)state;
    buf_init(&body, 100);
    exchange_fail_quoting(&response, 400, "no such color: secret", "no such color");
    assert_true(span_is(buf_span(&body), "{\"error\":\"no such color: secret\"}"));
    assert_int_equal(response.status, 400);
    assert_string_equal(response.remarks.reason, "no such color");
    exchange_explain(&response, "it is stopping");
    assert_int_equal(response.status, 400);
    assert_string_equal(response.remarks.reason, "it is stopping");
    memset(reason, 'r', sizeof reason);
    reason[sizeof reason - 1] = '\0';
    exchange_explain(&response, reason);
    assert_int_equal(strlen(response.remarks.reason), HTTP_REASON_BYTES - 1);
    buf_free(&body);
}

static void an_overflow_is_forgotten(void **state)
{
    struct buf body;
    struct http_response response = {.body = &body};

    (void)state;
    buf_init(&body, 16);
    buf_append_text(&body, "more than the sixteen bytes it may have");
    assert_true(body.has_overflowed);
    exchange_fail(&response, 500, "big");
    assert_false(body.has_overflowed);
    assert_true(span_is(buf_span(&body), "{\"error\":\"big\"}"));
    buf_free(&body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_begins_with_nothing_of_the_last),
        cmocka_unit_test(an_error_replaces_the_response),
        cmocka_unit_test(a_reason_can_say_less_than_the_error),
        cmocka_unit_test(an_overflow_is_forgotten),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
