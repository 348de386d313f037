/* What probes are answered while the program serves, and while it stops. */
#include "sim/pages/health.h"
#include "test/unit/vectors.h"

static void assert_answers(const struct site *site, const char *path, int status, const char *text)
{
    struct router *router = router_new(NULL);
    struct buf body;
    struct arena arena;
    struct exchange exchange = {
        .request = {.verb = HTTP_VERB_GET, .path = span_text(path)},
        .response = {.status = 200, .body = &body},
        .arena = &arena,
    };
    struct http_handler handler;

    arena_init(&arena);
    buf_init(&body, SIZE_MAX);
    health_add(site, router);
    handler = router_handler(router);
    handler.serve(handler.context, &exchange);
    buf_append_byte(&body, '\0');
    assert_int_equal(exchange.response.status, status);
    assert_string_equal((const char *)body.data, text);
    assert_string_equal(exchange.response.content_type, "text/plain; charset=utf-8");
    assert_string_equal(exchange.response.headers,
                        "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n");
    assert_string_equal(exchange.response.label.method, path);
    assert_true(exchange.response.label.is_background);
    buf_free(&body);
    router_free(router);
    arena_free(&arena);
}

static void ready_until_it_stops(void **state)
{
    bool is_stopping = false;
    const struct site site = {.is_stopping = &is_stopping};

    (void)state;
    assert_answers(&site, "/healthz", 200, "ok\n");
    assert_answers(&site, "/readyz", 200, "ready\n");
    is_stopping = true;
    assert_answers(&site, "/healthz", 200, "ok\n");
    assert_answers(&site, "/readyz", 503, "stopping\n");
}

static void booting_until_the_td_serves(void **state)
{
    bool is_stopping = false;
    struct td td = {.is_booting = true};
    const struct site site = {.is_stopping = &is_stopping, .td = &td};

    (void)state;
    assert_answers(&site, "/healthz", 200, "ok\n");
    assert_answers(&site, "/readyz", 503, "booting\n");
    is_stopping = true;
    assert_answers(&site, "/readyz", 503, "stopping\n");
    is_stopping = td.is_booting = false;
    assert_answers(&site, "/readyz", 200, "ready\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ready_until_it_stops),
        cmocka_unit_test(booting_until_the_td_serves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
