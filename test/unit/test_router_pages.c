/* Paths that are not methods. */
#include "test/unit/router_fixture.h"

#define NOSNIFF "X-Content-Type-Options: nosniff\r\n"

static void serve_page(const void *context, struct exchange *exchange)
{
    exchange->response.content_type = "text/plain";
    buf_append_text(exchange->response.body, context);
}

static void a_directory_serves_the_names_in_it(void **state)
{
    struct fixture *fixture = *state;
    char directory[] = "directory", page[] = "page";
    const struct router_page pages[] = {
        {.path = "/logs/", .serve = serve_page, .context = directory, .is_prefix = true},
        {.path = "/logs/page", .serve = serve_page, .context = page},
        {.path = "/plain/", .serve = serve_page, .context = page},
    };
    static const char *const missing[] = {"/logs", "/logs/a/b", "/plain/x", "/plain", "/x", "/", ""};
    struct http_handler handler;

    for (size_t i = 0; i < 3; i++)
        router_add_page(fixture->router, &pages[i]);
    handler = router_handler(fixture->router);
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/x"));
    assert_string_equal(body_of(fixture), "directory");
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/"));
    assert_string_equal(body_of(fixture), "directory");
    serve(fixture, handler, HTTP_VERB_GET, span_text("/logs/page"));
    assert_string_equal(body_of(fixture), "page");
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text(missing[i])).status, 404);
}

static void pages_are_served_by_their_verb_only(void **state)
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
    assert_string_equal(response.headers, "Allow: GET, HEAD\r\n" NOSNIFF);
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/action"));
    assert_int_equal(response.status, 405);
    assert_string_equal(response.headers, "Allow: POST\r\n" NOSNIFF);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_HEAD, span_text("/action")).status, 405);
    assert_found(fixture, handler, "/Info", "DstackGuest");
}

#define ALLOWED "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: *\r\n"

static void serve_with_header(const void *context, struct exchange *exchange)
{
    serve_page(context, exchange);
    exchange->response.headers = "Extra: 1\r\n";
}

static void scripts_may_read_public_pages_only(void **state)
{
    struct fixture *fixture = *state;
    const struct router_page pages[] = {
        {.path = "/public", .serve = serve_page, .context = "public", .is_public = true},
        {.path = "/header", .serve = serve_with_header, .context = "public", .is_public = true},
        {.path = "/private", .serve = serve_page, .context = "private"},
    };
    struct error error = {.kind = ERROR_NONE};
    struct fault fault = {.method = "/public", .status = 503};
    struct http_handler handler;

    router_add_service(fixture->router, &fixture->rows[GUEST]);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        router_add_page(fixture->router, &pages[i]);
    handler = router_handler(fixture->router);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/public")).headers,
                        NOSNIFF ALLOWED);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/header")).headers,
                        "Extra: 1\r\n" NOSNIFF ALLOWED);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_POST, span_text("/public")).headers,
                        "Allow: GET, HEAD\r\n" NOSNIFF ALLOWED);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/private")).headers, NOSNIFF);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/Info")).headers,
                        NOSNIFF "Cache-Control: no-store\r\nCross-Origin-Resource-Policy: same-origin\r\n");
    assert_null(serve(fixture, handler, HTTP_VERB_GET, span_text("/nowhere")).headers);
    assert_int_equal(faults_set(&fixture->faults, &fault, &error), 0);
    assert_string_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("/public")).headers,
                        NOSNIFF ALLOWED);
}

static void paths_are_listed_in_order(void **state)
{
    static const char *const expected[] = {
        "/a",
        "/prpc/Worker.GetAttestationForAppKey",
        "/prpc/Worker.Info",
        "/prpc/Worker.Version",
        "/prpc/v0/GetAttestationForAppKey",
        "/prpc/v0/Info",
        "/prpc/v0/Version",
        "/prpc/v0/Worker.GetAttestationForAppKey",
        "/prpc/v0/Worker.Info",
        "/prpc/v0/Worker.Version",
        "/x/",
    };
    struct fixture *fixture = *state;
    const struct router_page x = {.path = "/x/", .serve = serve_page, .is_prefix = true};
    const struct router_page a = {.path = "/a", .serve = serve_page};
    struct router_path path;
    size_t cursor = 0;

    router_add_page(fixture->router, &x);
    router_add_service(fixture->router, &fixture->rows[WORKER]);
    router_add_page(fixture->router, &a);
    router_handler(fixture->router);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        bool is_page = i == 0 || i == 10;

        assert_true(router_next_path(fixture->router, &cursor, &path));
        assert_string_equal(path.path, expected[i]);
        assert_int_equal(path.page != NULL, is_page);
        assert_int_equal(path.method != NULL, !is_page);
    }
    assert_true(path.page->is_prefix);
    assert_false(router_next_path(fixture->router, &cursor, &path));
    assert_false(router_next_path(fixture->router, &cursor, &path));
}

static void a_listed_method_is_that_of_its_path(void **state)
{
    struct fixture *fixture = *state;
    struct router_path path;
    char expected[128];
    size_t count = 0;

    router_add_service(fixture->router, &fixture->rows[GUEST_API]);
    router_add_service(fixture->router, &fixture->rows[TAPPD]); /* Info is claimed twice */
    router_handler(fixture->router);
    for (size_t cursor = 0; router_next_path(fixture->router, &cursor, &path); count++) {
        bool direct = path.path[1] == 'a';

        snprintf(expected, sizeof expected, direct ? "/api/%s%s%s" : "/prpc/%s%s%s",
                 direct ? "" : path.service->short_name, direct ? "" : ".", path.method->name);
        assert_string_equal(path.path, expected);
    }
    assert_int_equal(count, 2 * 5 + 6);
}

static void release(const void *context)
{
    ++*(int *)unconst(context);
}

static void pages_are_released_with_the_router(void **state)
{
    struct fixture *fixture = *state;
    int released = 0;
    const struct router_page page = {
        .path = "/a", .serve = serve_page, .context = &released, .release = release};
    const struct router_page other = {.path = "/b", .serve = serve_page};

    router_add_page(fixture->router, &page);
    router_add_page(fixture->router, &other);
    router_handler(fixture->router);
    assert_int_equal(released, 0);
    router_free(fixture->router);
    fixture->router = NULL;
    assert_int_equal(released, 1);
}

/* Little is said of what pages and probes ask by themselves, answered or refused. */
static void what_is_asked_in_the_background_is_marked(void **state)
{
    struct fixture *f = *state;
    char text[] = "well";
    const struct router_page page = {
        .path = "/probe", .serve = serve_page, .context = text, .is_background = true};
    struct http_handler handler;

    f->rows[TAPPD].is_background = true;
    router_add_service(f->router, &f->rows[TAPPD]);
    router_add_service(f->router, &f->rows[GUEST]);
    router_add_page(f->router, &page);
    handler = router_handler(f->router);
    assert_true(serve(f, handler, HTTP_VERB_GET, span_text("/prpc/Tappd.Info")).label.is_background);
    assert_true(serve(f, handler, HTTP_VERB_OTHER, span_text("/prpc/Tappd.Info")).label.is_background);
    assert_true(serve(f, handler, HTTP_VERB_GET, span_text("/probe")).label.is_background);
    assert_false(serve(f, handler, HTTP_VERB_GET, span_text("/prpc/DstackGuest.Info")).label.is_background);
    assert_false(serve(f, handler, HTTP_VERB_GET, span_text("/nothing")).label.is_background);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(a_directory_serves_the_names_in_it),
        ROUTER_TEST(pages_are_served_by_their_verb_only),
        ROUTER_TEST(scripts_may_read_public_pages_only),
        ROUTER_TEST(paths_are_listed_in_order),
        ROUTER_TEST(a_listed_method_is_that_of_its_path),
        ROUTER_TEST(pages_are_released_with_the_router),
        ROUTER_TEST(what_is_asked_in_the_background_is_marked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
