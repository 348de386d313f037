/* The header with the version of the OS image, on a public listener and on one that serves everything. */
#include "sim/services/app_version.h"

#include "sim/base/version.h"
#include "sim/services/registry.h"
#include "test/unit/td_fixture.h"

struct fixture {
    struct cluster *cluster;
    struct arena arena;
    struct buf body;
    const char *method; /* what the inner handler says it was */
    const char *headers;
};

static int start(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    f->cluster = td_fixture_cluster(NULL, NULL);
    arena_init(&f->arena);
    buf_init(&f->body, SIZE_MAX);
    *state = f;
    return 0;
}

static int finish(void **state)
{
    struct fixture *f = *state;

    cluster_free(f->cluster);
    arena_free(&f->arena);
    buf_free(&f->body);
    free(f);
    return 0;
}

static void serve_inner(void *context, struct exchange *exchange)
{
    const struct fixture *f = context;

    exchange->response.label.method = f->method;
    exchange->response.headers = f->headers;
}

/* The headers of a response on a listener with these services. */
static const char *headers_of(struct fixture *f, unsigned services, const char *method)
{
    struct app_version version;
    struct http_handler handler = app_version_handler(
        &version, (struct http_handler){.serve = serve_inner, .context = f}, services, f->cluster->first);
    struct exchange exchange = {.response = {.body = &f->body}, .arena = &f->arena};

    f->method = method;
    handler.serve(handler.context, &exchange);
    return exchange.response.headers;
}

static const char *expected(struct fixture *f, const char *before)
{
    return arena_printf(&f->arena, "%sX-App-Version: v%s (git:%s)\r\n", before,
                        f->cluster->first->image.version, version_rev);
}

static void a_public_listener_has_it_on_everything(void **state)
{
    struct fixture *f = *state;
    const unsigned worker = registry_set("worker", 6);

    assert_string_equal(headers_of(f, worker, "Worker.Info"), expected(f, ""));
    assert_string_equal(headers_of(f, worker, "/metrics"), expected(f, ""));
    assert_string_equal(headers_of(f, worker, NULL), expected(f, ""));
    assert_non_null(strstr(expected(f, ""), "v0.5.11 (git:"));
}

static void other_headers_stay(void **state)
{
    struct fixture *f = *state;

    f->headers = "Allow: POST\r\n";
    assert_string_equal(headers_of(f, registry_set("worker", 6), "Worker.Info"),
                        expected(f, "Allow: POST\r\n"));
    assert_string_equal(headers_of(f, registry_all(), "DstackGuest.Info"), "Allow: POST\r\n");
}

static void elsewhere_only_workers_methods_have_it(void **state)
{
    struct fixture *f = *state;

    assert_string_equal(headers_of(f, registry_all(), "Worker.Version"), expected(f, ""));
    assert_null(headers_of(f, registry_all(), "DstackGuest.Version"));
    assert_null(headers_of(f, registry_all(), "/metrics"));
    assert_null(headers_of(f, registry_all(), NULL));
    assert_null(headers_of(f, registry_set("dstack", 6), "DstackGuest.Version"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_public_listener_has_it_on_everything),
        TEST(other_headers_stay),
        TEST(elsewhere_only_workers_methods_have_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
