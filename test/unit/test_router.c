/* Which path finds which method, on listeners with one service and with several. */
#include "sim/rpc/router.h"

#include <stdio.h>

#include "proto/dstack_guest.pb-c.h"
#include "proto/guest_api.pb-c.h"
#include "proto/kms.pb-c.h"
#include "proto/tappd.pb-c.h"
#include "proto/worker.pb-c.h"
#include "test/unit/rpc_fixture.h"

/* Methods that say whose they are. */

static void say_version(const char *who, Dstack__VersionResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;

    response.version = arena_copy(call->arena, who, strlen(who));
    reply(&response, data);
}

static void say_info(const char *who, Dstack__AppInfo_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__AppInfo response = DSTACK__APP_INFO__INIT;

    response.app_name = arena_copy(call->arena, who, strlen(who));
    reply(&response, data);
}

static void guest_version(Dstack__DstackGuest_Service *service, const Dstack__Empty *args,
                          Dstack__VersionResponse_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_version("DstackGuest", reply, data);
}

static void guest_info(Dstack__DstackGuest_Service *service, const Dstack__Empty *args,
                       Dstack__AppInfo_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_info("DstackGuest", reply, data);
}

static void guest_get_key(Dstack__DstackGuest_Service *service, const Dstack__GetKeyArgs *args,
                          Dstack__GetKeyResponse_Closure reply, void *data)
{
    const Dstack__GetKeyResponse response = DSTACK__GET_KEY_RESPONSE__INIT;

    (void)service;
    (void)args;
    reply(&response, data);
}

static void tappd_version(Dstack__Tappd_Service *service, const Dstack__Empty *args,
                          Dstack__VersionResponse_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_version("Tappd", reply, data);
}

static void tappd_info(Dstack__Tappd_Service *service, const Dstack__Empty *args,
                       Dstack__AppInfo_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_info("Tappd", reply, data);
}

static void tappd_derive_k256_key(Dstack__Tappd_Service *service, const Dstack__GetKeyArgs *args,
                                  Dstack__DeriveK256KeyResponse_Closure reply, void *data)
{
    const Dstack__DeriveK256KeyResponse response = DSTACK__DERIVE_K256_KEY_RESPONSE__INIT;

    (void)service;
    (void)args;
    reply(&response, data);
}

static void worker_version(Dstack__Worker_Service *service, const Dstack__Empty *args,
                           Dstack__VersionResponse_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_version("Worker", reply, data);
}

static void worker_info(Dstack__Worker_Service *service, const Dstack__Empty *args,
                        Dstack__AppInfo_Closure reply, void *data)
{
    (void)service;
    (void)args;
    say_info("Worker", reply, data);
}

static void guest_api_info(Dstack__GuestApi_Service *service, const Dstack__Empty *args,
                           Dstack__GuestInfo_Closure reply, void *data)
{
    Dstack__GuestInfo response = DSTACK__GUEST_INFO__INIT;
    char who[] = "GuestApi";

    (void)service;
    (void)args;
    response.version = who;
    reply(&response, data);
}

struct fixture {
    Dstack__DstackGuest_Service guest;
    Dstack__Tappd_Service tappd;
    Dstack__Worker_Service worker;
    Dstack__GuestApi_Service guest_api;
    Dstack__KMS_Service kms; /* its methods are never called */
    struct router_service rows[5];
    struct router *router;
    struct arena arena;
    struct buf body;
};

enum row { GUEST, TAPPD, WORKER, GUEST_API, KMS };

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    f->guest = (Dstack__DstackGuest_Service){.base = DSTACK__DSTACK_GUEST__BASE_INIT,
                                             .get_key = guest_get_key,
                                             .info = guest_info,
                                             .version = guest_version};
    f->tappd = (Dstack__Tappd_Service){.base = DSTACK__TAPPD__BASE_INIT,
                                       .derive_k256_key = tappd_derive_k256_key,
                                       .info = tappd_info,
                                       .version = tappd_version};
    f->worker = (Dstack__Worker_Service){
        .base = DSTACK__WORKER__BASE_INIT, .info = worker_info, .version = worker_version};
    f->guest_api = (Dstack__GuestApi_Service){.base = DSTACK__GUEST_API__BASE_INIT, .info = guest_api_info};
    f->kms = (Dstack__KMS_Service){.base = DSTACK__KMS__BASE_INIT};
    f->rows[GUEST] = (struct router_service){&f->guest.base, "/", false, false};
    f->rows[TAPPD] = (struct router_service){&f->tappd.base, NULL, true, false};
    f->rows[WORKER] = (struct router_service){&f->worker.base, NULL, false, false};
    f->rows[GUEST_API] = (struct router_service){&f->guest_api.base, "/api/", false, false};
    f->rows[KMS] = (struct router_service){&f->kms.base, NULL, false, false};
    f->router = router_new(NULL);
    arena_init(&f->arena);
    buf_init(&f->body, SIZE_MAX);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    router_free(fixture->router);
    arena_free(&fixture->arena);
    buf_free(&fixture->body);
    free(fixture);
    return 0;
}

#define ROUTER_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* The services of a listener, as digits: "01" is DstackGuest and Tappd, in this order. */
static struct http_handler handler_of(struct fixture *fixture, const char *rows)
{
    router_free(fixture->router);
    fixture->router = router_new(NULL);
    for (; *rows; rows++)
        router_add_service(fixture->router, &fixture->rows[*rows - '0']);
    return router_handler(fixture->router);
}

static struct http_response serve(struct fixture *fixture, struct http_handler handler, enum http_verb verb,
                                  struct span path)
{
    struct exchange exchange = {
        .request = {.verb = verb, .path = path},
        .response = {.status = 200, .body = &fixture->body},
        .arena = &fixture->arena,
    };

    buf_reset(&fixture->body);
    handler.serve(handler.context, &exchange);
    buf_append_byte(&fixture->body, 0);
    return exchange.response;
}

static const char *body_of(const struct fixture *fixture)
{
    return (const char *)fixture->body.data;
}

static void assert_found(struct fixture *fixture, struct http_handler handler, const char *path,
                         const char *who)
{
    struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(path));
    char quoted[64];

    snprintf(quoted, sizeof quoted, "\"%s\"", who);
    if (response.status != 200 || !strstr(body_of(fixture), quoted))
        fail_msg("%s: %d %s", path, response.status, body_of(fixture));
}

static void assert_not_found(struct fixture *fixture, struct http_handler handler, const char *path)
{
    struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(path));
    char want[256];

    snprintf(want, sizeof want, "{\"error\":\"Service not found: %s\"}", *path == '/' ? path + 1 : path);
    assert_int_equal(response.status, 404);
    assert_string_equal(response.content_type, "application/json");
    assert_string_equal(body_of(fixture), want);
    assert_null(response.method);
}

static void the_guest_agent_at_its_paths(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    assert_found(fixture, handler, "/Version", "DstackGuest");
    assert_found(fixture, handler, "/prpc/DstackGuest.Version", "DstackGuest");
    assert_found(fixture, handler, "/prpc/Version", "DstackGuest");
    assert_found(fixture, handler, "/Info", "DstackGuest");
    assert_found(fixture, handler, "/GetKey", "key");
    assert_found(fixture, handler, "/prpc/GetKey", "key");
}

static void paths_that_are_none(void **state)
{
    static const char *const paths[] = {
        "/",
        "",
        "*",
        "/Versio",
        "/Versions",
        "/version",
        "/VERSION",
        "/Version/",
        "//Version",
        "/prpc",
        "/prpc/",
        "/prpc/DstackGuest",
        "/prpc/DstackGuest.",
        "/prpc/DstackGuest/Version",
        "/prpc/Tappd.Version",
        "/prpc/Nothing",
        "/DstackGuest.Version",
        "/prpc/dstack.DstackGuest.Version",
        "/api/Version",
        "/api/Info",
        "/%56ersion",
        "/prpc/DstackGuest.Version ",
        "Version",
        "/TdxQuote",
    };
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_not_found(fixture, handler, paths[i]);
}

static void tappd_wins_the_bare_names(void **state)
{
    static const char *const orders[] = {"01", "10"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < 2; i++) {
        struct http_handler handler = handler_of(fixture, orders[i]);

        assert_found(fixture, handler, "/prpc/Info", "Tappd");
        assert_found(fixture, handler, "/prpc/Version", "Tappd");
        assert_found(fixture, handler, "/prpc/Tappd.Info", "Tappd");
        assert_found(fixture, handler, "/prpc/DstackGuest.Info", "DstackGuest");
        assert_found(fixture, handler, "/Info", "DstackGuest");
        assert_found(fixture, handler, "/Version", "DstackGuest");
        assert_found(fixture, handler, "/prpc/GetKey", "key");
        assert_found(fixture, handler, "/prpc/DeriveK256Key", "k256_key");
        assert_not_found(fixture, handler, "/DeriveK256Key"); /* Tappd has no direct path */
    }
}

static void a_bare_name_of_two_services_is_none(void **state)
{
    static const char *const orders[] = {"02", "20", "023", "320"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct http_handler handler = handler_of(fixture, orders[i]);

        assert_not_found(fixture, handler, "/prpc/Info");
        assert_not_found(fixture, handler, "/prpc/Version");
        assert_found(fixture, handler, "/prpc/Worker.Info", "Worker");
        assert_found(fixture, handler, "/prpc/DstackGuest.Info", "DstackGuest");
        assert_found(fixture, handler, "/Info", "DstackGuest");
        assert_found(fixture, handler, "/prpc/GetKey", "key");
    }
}

static void tappd_wins_whatever_the_order(void **state)
{
    static const char *const orders[] = {"01234", "02134", "20143", "10234", "43210", "32401"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct http_handler handler = handler_of(fixture, orders[i]);

        assert_found(fixture, handler, "/prpc/Info", "Tappd");
        assert_found(fixture, handler, "/prpc/Version", "Tappd");
        assert_found(fixture, handler, "/prpc/Worker.Version", "Worker");
        assert_found(fixture, handler, "/prpc/GuestApi.Info", "GuestApi");
        assert_found(fixture, handler, "/api/Info", "GuestApi");
        assert_found(fixture, handler, "/Info", "DstackGuest");
    }
}

static void a_listener_of_its_own(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "3");

    assert_found(fixture, handler, "/api/Info", "GuestApi");
    assert_found(fixture, handler, "/prpc/GuestApi.Info", "GuestApi");
    assert_found(fixture, handler, "/prpc/Info", "GuestApi");
    assert_not_found(fixture, handler, "/Info");
    assert_not_found(fixture, handler, "/api/Version");
    handler = handler_of(fixture, "2");
    assert_found(fixture, handler, "/prpc/Worker.Info", "Worker");
    assert_found(fixture, handler, "/prpc/Info", "Worker");
    assert_not_found(fixture, handler, "/Info");
}

/* Every method of every service is found, which needs the table in order. */
static void every_method_by_its_full_name(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "01234");

    for (size_t i = 0; i < 5; i++) {
        const ProtobufCServiceDescriptor *descriptor = fixture->rows[i].service->descriptor;
        for (unsigned k = 0; k < descriptor->n_methods; k++) {
            char path[128];
            struct http_response response;

            snprintf(path, sizeof path, "/prpc/%s.%s", descriptor->short_name, descriptor->methods[k].name);
            response = serve(fixture, handler, HTTP_VERB_HEAD, span_text(path));
            assert_int_equal(response.status, 405);
            assert_string_equal(response.method, path + strlen("/prpc/"));
        }
    }
}

static void a_wrong_verb_is_405(void **state)
{
    static const enum http_verb verbs[] = {HTTP_VERB_HEAD, HTTP_VERB_OTHER};
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "01");

    for (size_t i = 0; i < 2; i++) {
        struct http_response response = serve(fixture, handler, verbs[i], span_text("/prpc/Info"));
        assert_int_equal(response.status, 405);
        assert_string_equal(response.headers, "Allow: GET, POST\r\n");
        assert_string_equal(body_of(fixture), "{\"error\":\"a method is called with GET or POST\"}");
        assert_int_equal(serve(fixture, handler, verbs[i], span_text("/nothing")).status, 404);
    }
    assert_int_equal(serve(fixture, handler, HTTP_VERB_POST, span_text("/nothing")).status, 404);
}

static void a_strange_path_is_shown_in_part(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    char path[5000], want[300];

    memset(path, 'x', sizeof path);
    path[0] = '/';
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_of(path, sizeof path)).status, 404);
    snprintf(want, sizeof want, "{\"error\":\"Service not found: %.200s\"}", path + 1);
    assert_string_equal(body_of(fixture), want);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_of("/a\"\xff\n", 5)).status, 404);
    assert_string_equal(body_of(fixture), "{\"error\":\"Service not found: a\\\"\\ufffd\\n\"}");
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_text("")).status, 404);
    assert_string_equal(body_of(fixture), "{\"error\":\"Service not found: \"}");
}

static void a_router_of_nothing(void **state)
{
    struct fixture *fixture = *state;

    assert_not_found(fixture, handler_of(fixture, ""), "/Info");
    router_free(NULL);
}

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
    const struct router_page action = {.path = "/action", .verb = HTTP_VERB_POST, .serve = serve_page, .context = done};
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

static void listeners_share_a_service(void **state)
{
    struct fixture *fixture = *state;
    struct router *second = router_new(NULL);
    struct http_handler both, alone;

    both = handler_of(fixture, "01");
    router_add_service(second, &fixture->rows[GUEST]);
    alone = router_handler(second);
    assert_found(fixture, both, "/prpc/Info", "Tappd");
    assert_found(fixture, alone, "/prpc/Info", "DstackGuest");
    router_free(second);
    assert_found(fixture, both, "/Info", "DstackGuest");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(the_guest_agent_at_its_paths),    ROUTER_TEST(paths_that_are_none),
        ROUTER_TEST(tappd_wins_the_bare_names),       ROUTER_TEST(a_bare_name_of_two_services_is_none),
        ROUTER_TEST(tappd_wins_whatever_the_order),   ROUTER_TEST(a_listener_of_its_own),
        ROUTER_TEST(every_method_by_its_full_name),   ROUTER_TEST(a_wrong_verb_is_405),
        ROUTER_TEST(a_strange_path_is_shown_in_part), ROUTER_TEST(a_router_of_nothing),
        ROUTER_TEST(a_folder_serves_the_names_in_it), ROUTER_TEST(pages_and_their_verbs),           ROUTER_TEST(listeners_share_a_service),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
