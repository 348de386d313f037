/* Paths that are no methods. */
#include "test/unit/router_fixture.h"

static void serve_page(void *context, struct exchange *exchange)
{
    exchange->response.content_type = "text/plain";
    buf_append_text(exchange->response.body, context);
}

static void a_folder_serves_the_names_in_it(void **state)
{
    struct fixture *fixture = *state;
    char folder[] = "folder", page[] = "page";
    const struct router_page pages[] = {
        {.path = "/logs/", .serve = serve_page, .context = folder, .is_prefix = true},
        {.path = "/logs/page", .serve = serve_page, .context = page},
        {.path = "/plain/", .serve = serve_page, .context = page},
    };
    static const char *const missing[] = {"/logs", "/logs/a/b", "/plain/x", "/plain", "/x", "/", ""};
    struct http_handler handler;

    for (size_t i = 0; i < 3; i++)
        router_add_page(fixture->router, &pages[i]);
    handler = router_handler(fixture->router);
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/x"));
    assert_string_equal(body_of(fixture), "folder");
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/"));
    assert_string_equal(body_of(fixture), "folder");
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/page"));
    assert_string_equal(body_of(fixture), "page");
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text(missing[i])).status, 404);
}

static void pages_and_their_verbs(void **state)
{
    struct fixture *fixture = *state;
    char read[] = "read", done[] = "done";
    const struct router_page page = {.path = "/", .serve = serve_page, .context = read};
    const struct router_page action = {
        .path = "/action", .verb = HTTP_VERB_POST, .serve = serve_page, .context = done};
    struct http_handler handler;
    struct http_response response;

    router_add_service(fixture->router, &fixture->rows[GUEST]);
    router_add_page(fixture->router, &page);
    router_add_page(fixture->router, &action);
    handler = router_handler(fixture->router);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/")).status, 200);
    assert_string_equal(body_of(fixture), "read");
    assert_int_equal(serve(fixture, handler, HTTP_VERB_HEAD, span_text("/")).status, 200);
    assert_string_equal(body_of(fixture), "read");
    assert_int_equal(serve(fixture, handler, HTTP_VERB_POST, span_text("/action")).status, 200);
    assert_string_equal(body_of(fixture), "done");
    response = serve(fixture, handler, HTTP_VERB_POST, span_text("/"));
    assert_int_equal(response.status, 405);
    assert_string_equal(response.headers, "Allow: GET, HEAD\r\n");
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/action"));
    assert_int_equal(response.status, 405);
    assert_string_equal(response.headers, "Allow: POST\r\n");
    assert_int_equal(serve(fixture, handler, HTTP_VERB_HEAD, span_text("/action")).status, 405);
    assert_found(fixture, handler, "/Info", "DstackGuest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(a_folder_serves_the_names_in_it),
        ROUTER_TEST(pages_and_their_verbs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
