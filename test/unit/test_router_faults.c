/* Requests that go wrong on purpose: what the router answers, and what it leaves to net/. */
#include "test/unit/router_fixture.h"

static void set_fault(struct fixture *fixture, struct fault fault)
{
    struct error error = {.kind = ERROR_NONE};

    if (faults_set(&fixture->faults, &fault, &error))
        fail_msg("%s", error.text);
}

static void a_status_takes_the_place_of_the_answer(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response;

    set_fault(fixture, (struct fault){.method = "Version", .status = 503, .message = "busy"});
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/Version"));
    assert_int_equal(response.status, 503);
    assert_string_equal(response.content_type, "application/json");
    assert_string_equal(response.label.method, "DstackGuest.Version");
    assert_string_equal(body_of(fixture), "{\"error\":\"busy\"}");
    assert_true(response.fault.fails);
    assert_found(fixture, handler, "/Info", "DstackGuest");
}

static void protobuf_gets_its_error_in_protobuf(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response;

    set_fault(fixture, (struct fault){.method = "Version", .status = 503, .message = "busy"});
    response = serve(fixture, handler, HTTP_VERB_POST, span_text("/Version"));
    assert_int_equal(response.status, 503);
    assert_string_equal(response.content_type, "application/octet-stream");
    assert_string_equal(body_of(fixture), "\n\4busy");
}

static void a_status_without_a_message_says_why(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    set_fault(fixture, (struct fault){.status = 500});
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/Info")).status, 500);
    assert_non_null(strstr(body_of(fixture), "a fault is set"));
}

static void what_lies_on_the_way_is_passed_on(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response;

    set_fault(fixture, (struct fault){.method = "Version", .delay_ms = 7, .cut = true});
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/Version"));
    assert_int_equal(response.status, 200);
    assert_non_null(strstr(body_of(fixture), "DstackGuest"));
    assert_int_equal(response.fault.delay_ms, 7);
    assert_true(response.fault.cut && !response.fault.drop && !response.fault.fails);
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/Info"));
    assert_int_equal(response.fault.delay_ms, 0);
    assert_false(response.fault.cut);
}

static void garbage_is_in_place_of_the_answer(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response;

    set_fault(fixture, (struct fault){.method = "Version", .garbage = true, .times = 1});
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/Version"));
    assert_int_equal(response.status, 200);
    assert_true(response.fault.garbage);
    assert_string_equal(body_of(fixture), "\xff garbage: a fault is set on this request \xfe");
    serve(fixture, handler, HTTP_VERB_GET, span_text("/Version"));
    assert_non_null(strstr(body_of(fixture), "DstackGuest"));
}

static void what_is_dropped_is_not_called(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response;

    set_fault(fixture, (struct fault){.method = "Version", .drop = true});
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/Version"));
    assert_true(response.fault.drop);
    assert_string_equal(body_of(fixture), "");
}

/* A client that has made everything fail can end it. */
static void controls_are_left_alone(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler;

    fixture->rows[WORKER].is_control = true;
    handler = handler_of(fixture, "02");
    set_fault(fixture, (struct fault){.status = 500});
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/Version")).status, 500);
    assert_found(fixture, handler, "/prpc/Worker.Version", "Worker");
}

static void serve_page(const void *context, struct exchange *exchange)
{
    buf_append_text(exchange->response.body, context);
}

static void a_page_goes_wrong_by_its_path_alone(void **state)
{
    struct fixture *fixture = *state;
    char text[] = "page";
    const struct router_page page = {
        .path = "/logs/", .serve = serve_page, .context = text, .is_prefix = true};
    struct http_handler handler;

    router_add_page(fixture->router, &page);
    handler = router_handler(fixture->router);
    set_fault(fixture, (struct fault){.status = 500});
    set_fault(fixture, (struct fault){.method = "/logs/a", .status = 502});
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/a")).status, 502);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/b")).status, 200);
    assert_string_equal(body_of(fixture), "page");
}

static void where_nothing_is_served_nothing_goes_wrong(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    set_fault(fixture, (struct fault){.status = 500});
    set_fault(fixture, (struct fault){.method = "/nothing", .status = 500});
    assert_no_method(fixture, handler, "/nothing", "nothing");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(a_status_takes_the_place_of_the_answer),
        ROUTER_TEST(protobuf_gets_its_error_in_protobuf),
        ROUTER_TEST(a_status_without_a_message_says_why),
        ROUTER_TEST(what_lies_on_the_way_is_passed_on),
        ROUTER_TEST(garbage_is_in_place_of_the_answer),
        ROUTER_TEST(what_is_dropped_is_not_called),
        ROUTER_TEST(controls_are_left_alone),
        ROUTER_TEST(a_page_goes_wrong_by_its_path_alone),
        ROUTER_TEST(where_nothing_is_served_nothing_goes_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
