/* The dashboard's files: every one is served, as what it is and with the headers of all. */
#include "sim/pages/web_pages.h"

#include <stdio.h>

#include "sim/base/embedded.h"
#include "test/unit/vectors.h"

struct fixture {
    struct router *router;
    struct http_handler handler;
    struct arena arena;
    struct buf body;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    f->router = router_new(NULL);
    web_pages_add(NULL, f->router);
    f->handler = router_handler(f->router);
    arena_init(&f->arena);
    buf_init(&f->body, SIZE_MAX);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    router_free(f->router);
    arena_free(&f->arena);
    buf_free(&f->body);
    free(f);
    return 0;
}

static struct http_response get(struct fixture *f, const char *path)
{
    struct exchange exchange = {
        .request = {.verb = HTTP_VERB_GET, .path = span_text(path)},
        .response = {.status = 200, .body = &f->body},
        .arena = &f->arena,
    };

    buf_reset(&f->body);
    f->handler.serve(f->handler.context, &exchange);
    return exchange.response;
}

static void every_file_has_its_path_and_bytes(void **state)
{
    struct fixture *f = *state;
    size_t count = 0;

    for (const struct embedded_file *file = embedded_web; file->name; file++, count++) {
        char path[128] = "/";
        struct http_response response;

        if (strcmp(file->name, "index.html") != 0)
            snprintf(path, sizeof path, "/simulator/%s", file->name);
        response = get(f, path);
        assert_int_equal(response.status, 200);
        assert_int_equal(f->body.len, file->len);
        assert_memory_equal(f->body.data, file->data, file->len);
        assert_true(response.label.is_background);
        assert_non_null(
            strstr(response.headers, "Content-Security-Policy: default-src 'none'; script-src 'self'"));
        assert_non_null(strstr(response.headers, "\r\nX-Content-Type-Options: nosniff\r\n"));
    }
    assert_true(count > 3);
}

static void types_follow_from_names(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(get(f, "/").content_type, "text/html; charset=utf-8");
    assert_string_equal(get(f, "/simulator/dashboard.css").content_type, "text/css; charset=utf-8");
    assert_string_equal(get(f, "/simulator/dashboard.js").content_type, "text/javascript; charset=utf-8");
    assert_string_equal(get(f, "/simulator/icon.svg").content_type, "image/svg+xml");
}

static void what_lies_beside_them_is_not_served(void **state)
{
    static const char *const paths[] = {"/simulator/screenshot.png", "/simulator/index.html", "/simulator/",
                                        "/dom.js"};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(get(*state, paths[i]).status, 404);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_file_has_its_path_and_bytes, setup, teardown),
        cmocka_unit_test_setup_teardown(types_follow_from_names, setup, teardown),
        cmocka_unit_test_setup_teardown(what_lies_beside_them_is_not_served, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
