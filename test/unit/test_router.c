/* Which path finds which method, on listeners with one service and with several. */
#include "test/unit/router_fixture.h"

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

static void a_path_may_be_written_in_other_ways(void **state)
{
    static const char *const paths[] = {"//Version", "/%56ersion", "//prpc//Version",
                                        "/prpc/DstackGuest%2eVersion"};
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_found(fixture, handler, paths[i], "DstackGuest");
}

/* What the log shows of a request outlives what its handler allocates. */
static void a_request_keeps_its_path_as_sent(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct exchange exchange = {
        .request = {.verb = HTTP_VERB_GET, .path = span_text("//Version")},
        .response = {.status = 200, .body = &fixture->body},
        .arena = &fixture->arena,
    };

    handler.serve(handler.context, &exchange);
    assert_int_equal(exchange.response.status, 200);
    assert_string_equal(exchange.response.label.method, "DstackGuest.Version");
    assert_true(span_is(exchange.request.path, "//Version"));
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
        assert_no_method(fixture, handler, "/DeriveK256Key", "DeriveK256Key"); /* Tappd is not there */
    }
}

static void a_bare_name_stays_with_the_first(void **state)
{
    static const char *const orders[][2] = {
        {"02", "DstackGuest"}, {"20", "Worker"}, {"023", "DstackGuest"}, {"320", "Worker"}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        struct http_handler handler = handler_of(fixture, orders[i][0]);

        assert_found(fixture, handler, "/prpc/Info", orders[i][0][0] == '3' ? "GuestApi" : orders[i][1]);
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
    assert_no_page(fixture, handler, "/Info");
    assert_no_method(fixture, handler, "/api/Version", "Version");
    handler = handler_of(fixture, "2");
    assert_found(fixture, handler, "/prpc/Worker.Info", "Worker");
    assert_found(fixture, handler, "/prpc/Info", "Worker");
    assert_no_page(fixture, handler, "/Info");
}

static void the_frozen_surfaces_have_a_version_too(void **state)
{
    static const struct {
        const char *path, *name; /* name: NULL where no API has names */
    } missing[] = {
        {"/v0", "v0"},
        {"/v0/", NULL},
        {"/v0/DstackGuest.Version", "DstackGuest.Version"},
        {"/v0/v0/Version", NULL},
        {"/v0/GetAttestationForAppKey", "GetAttestationForAppKey"},
        {"/prpc/v0", "v0"},
        {"/prpc/v0/", NULL},
        {"/prpc/v0/DstackGuest.Version", "Version"},
        {"/prpc/v0/GetKey", "GetKey"},
        {"/prpc/v0/Worker.GetKey", "GetKey"},
        {"/v0/Worker.Info", "Worker.Info"},
        {"/prpc/v0/v0/Info", NULL},
        {"/v00/Version", NULL},
    };
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0213");

    assert_found(fixture, handler, "/v0/Version", "DstackGuest");
    assert_found(fixture, handler, "/v0/GetKey", "key");
    assert_found(fixture, handler, "/prpc/v0/Info", "Worker"); /* also where others have it */
    assert_found(fixture, handler, "/prpc/v0/Worker.Info", "Worker");
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (missing[i].name)
            assert_no_method(fixture, handler, missing[i].path, missing[i].name);
        else
            assert_no_page(fixture, handler, missing[i].path);
    handler = handler_of(fixture, "1");
    assert_no_page(fixture, handler, "/v0/Version");
    assert_no_page(fixture, handler, "/prpc/v0/Info");
}

static void a_reduced_service_has_only_its_real_paths(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler;

    fixture->rows[GUEST].is_reduced = fixture->rows[WORKER].is_reduced = true;
    handler = handler_of(fixture, "0");
    assert_found(fixture, handler, "/Version", "DstackGuest");
    assert_no_page(fixture, handler, "/prpc/Version");
    assert_no_page(fixture, handler, "/prpc/DstackGuest.Version");
    handler = handler_of(fixture, "2");
    assert_found(fixture, handler, "/prpc/Worker.Info", "Worker");
    assert_found(fixture, handler, "/prpc/Info", "Worker");
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
            response = serve(fixture, handler, HTTP_VERB_OTHER, span_text(path));
            assert_int_equal(response.status, 405);
            assert_string_equal(response.label.method, path + strlen("/prpc/"));
        }
    }
}

#define OF_METHOD                                                                                            \
    "X-Content-Type-Options: nosniff\r\nCache-Control: no-store\r\nCross-Origin-Resource-Policy: "           \
    "same-origin\r\n"

static void a_wrong_verb_is_405(void **state)
{
    static const enum http_verb verbs[] = {HTTP_VERB_GET, HTTP_VERB_HEAD, HTTP_VERB_POST, HTTP_VERB_OTHER};
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "01");
    struct http_response response = serve(fixture, handler, HTTP_VERB_OTHER, span_text("/prpc/Info"));

    assert_int_equal(response.status, 405);
    assert_string_equal(response.headers, "Allow: GET, HEAD, POST\r\n" OF_METHOD);
    assert_string_equal(body_of(fixture), "{\"error\":\"this method takes GET or POST\"}");
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        assert_int_equal(serve(fixture, handler, verbs[i], span_text("/nothing")).status, 404);
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

RPC_METHOD(say_context, DstackGuest, Empty, VersionResponse)
{
    const struct rpc_call *call = data;

    say_version(call->context, reply, data);
}

static void each_listener_says_what_a_service_answers_for(void **state)
{
    struct fixture *fixture = *state;
    struct router *second = router_new(NULL);
    struct router_service row = fixture->rows[GUEST];
    struct http_handler first, other;

    fixture->guest.version = say_context;
    fixture->rows[GUEST].context = "the first";
    first = handler_of(fixture, "0");
    row.context = "the other";
    router_add_service(second, &row);
    other = router_handler(second);
    assert_found(fixture, first, "/Version", "the first");
    assert_found(fixture, other, "/Version", "the other");
    router_free(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(the_guest_agent_at_its_paths),
        ROUTER_TEST(a_path_may_be_written_in_other_ways),
        ROUTER_TEST(a_request_keeps_its_path_as_sent),
        ROUTER_TEST(tappd_wins_the_bare_names),
        ROUTER_TEST(a_bare_name_stays_with_the_first),
        ROUTER_TEST(tappd_wins_whatever_the_order),
        ROUTER_TEST(a_listener_of_its_own),
        ROUTER_TEST(the_frozen_surfaces_have_a_version_too),
        ROUTER_TEST(a_reduced_service_has_only_its_real_paths),
        ROUTER_TEST(every_method_by_its_full_name),
        ROUTER_TEST(a_wrong_verb_is_405),
        ROUTER_TEST(listeners_share_a_service),
        ROUTER_TEST(each_listener_says_what_a_service_answers_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
