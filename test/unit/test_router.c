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

static void what_an_api_lacks_is_an_unknown_method(void **state)
{
    static const struct {
        const char *path, *name;
    } cases[] = {
        {"/Versio", "Versio"},
        {"/version", "version"},
        {"/Version%00", "Version%00"},
        {"/%2FVersion", "%2FVersion"},
        {"/Ver sion", "Ver sion"},
        {"/prpc", "prpc"},
        {"/v2", "v2"},
        {"/DstackGuest.Version", "DstackGuest.Version"},
        {"/TdxQuote", "TdxQuote"},
        {"//nothing", "nothing"},
        {"/v0/nothing", "nothing"},
        {"/v0/DstackGuest.Version", "DstackGuest.Version"},
        {"/prpc/Nothing", "Nothing"},
        {"/prpc/DstackGuest.Nothing", "Nothing"},
        {"/prpc/DstackGuest", "DstackGuest"},
        {"/prpc/DstackGuest.", ""},
        {"/prpc/Tappd.Version", "Version"},
        {"/prpc/dstack.DstackGuest.Version", "Version"},
        {"/prpc/DstackGuest.Version ", "Version "},
    };
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_no_method(fixture, handler, cases[i].path, cases[i].name);
}

static void a_misspelt_method_is_guessed_for_the_log(void **state)
{
    static const struct {
        const char *path, *reason;
    } cases[] = {
        {"/Versoin", "no such method; did you mean Version?"},
        {"/getkey", "no such method; did you mean GetKey?"},
        {"/v0/GetQoute", "no such method; did you mean GetQuote?"},
        {"/prpc/GetQoute", "no such method; did you mean DstackGuest.GetQuote?"},
        {"/prpc/DstackGuest.GetQoute", "no such method; did you mean DstackGuest.GetQuote?"},
        {"/prpc/dstackguest.GetQuote", "no such method; did you mean DstackGuest.GetQuote?"},
        {"/prpc/DstakGuest.GetQuote", "no such method; did you mean DstackGuest.GetQuote?"},
        {"/prpc/Tappd.DeriveKay", "no such method; did you mean Tappd.DeriveKey?"},
        {"/prpc/DstackGuest.DeriveKay", "no such method"}, /* the other service is not guessed */
        {"/Frobnicate", "no such method"},
        {"/prpc/A.B", "no such method"},
        {"/prpc/DstackGuest.", "no such method"},
        {"/nothing/here", "nothing is served at this path"},
    };
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "01");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct http_response response = serve(fixture, handler, HTTP_VERB_GET, span_text(cases[i].path));

        if (strcmp(response.remarks.reason, cases[i].reason) != 0 || strstr(body_of(fixture), "mean"))
            fail_msg("%s: %s, %s", cases[i].path, response.remarks.reason, body_of(fixture));
    }
}

/* Clients match on the words of the real agent, but the simulator's own services may say more. */
static void a_misspelt_method_of_our_own_is_guessed_in_the_answer(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler;

    fixture->rows[KMS].is_control = true;
    handler = handler_of(fixture, "04");
    assert_no_method(fixture, handler, "/prpc/KMS.GetMata", "GetMata; did you mean KMS.GetMeta?");
    assert_no_method(fixture, handler, "/prpc/GetMata", "GetMata; did you mean KMS.GetMeta?");
    assert_no_method(fixture, handler, "/prpc/KMS.Frobnicate", "Frobnicate");
    assert_no_method(fixture, handler, "/prpc/DstackGuest.GetQoute", "GetQoute");
    assert_no_method(fixture, handler, "/GetMeta", "GetMeta"); /* it is not there */
}

/* Clients learn from it that an API is not there at all. */
static void any_other_path_is_an_unknown_page(void **state)
{
    static const char *const paths[] = {
        "/",
        "",
        "*",
        "Version",
        "/Version/",
        "//Version/",
        "/prpc/",
        "/prpc//",
        "/v0/",
        "/v1/Version",
        "/v2/Version",
        "/prpc/v1/Info",
        "/prpc/v0/Info",
        "/prpc/DstackGuest/Version",
        "/api/Version",
        "/api/Info",
        "/a/b/c",
        "/prpc%2fVersion/x",
    };
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_no_page(fixture, handler, paths[i]);
}

/* Only the guest agent answers for every name at the root. */
static void an_api_that_is_not_served_has_no_methods_to_miss(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "2");

    assert_no_page(fixture, handler, "/Info");
    assert_no_page(fixture, handler, "/v0/Info");
    assert_no_page(fixture, handler, "/api/Nothing");
    assert_no_method(fixture, handler, "/prpc/Nothing", "Nothing");
    assert_no_method(fixture, handler, "/prpc/v0/Worker.Nothing", "Nothing");
    handler = handler_of(fixture, "3");
    assert_no_page(fixture, handler, "/Info");
    assert_no_method(fixture, handler, "/api/Nothing", "Nothing");
    assert_no_method(fixture, handler, "/api/GuestApi.Info", "GuestApi.Info");
    fixture->rows[GUEST].mounts = website_mounts;
    handler = handler_of(fixture, "0");
    assert_found(fixture, handler, "/Version", "DstackGuest");
    assert_no_page(fixture, handler, "/Nothing");
}

static void an_unknown_method_is_told_in_the_encoding_of_the_request(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    struct http_response response =
        serve(fixture, handler, HTTP_VERB_POST, span_text("/prpc/DstackGuest.Ask"));

    assert_int_equal(response.status, 404);
    assert_string_equal(response.content_type, "application/octet-stream");
    assert_string_equal(body_of(fixture), "\n\x16Service not found: Ask");
    response = serve(fixture, handler, HTTP_VERB_POST, span_text("/nothing/here"));
    assert_int_equal(response.status, 404);
    assert_string_equal(response.content_type, "text/plain");
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

static void a_strange_name_is_shown_in_part(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler = handler_of(fixture, "0");
    char path[5000], expected[300];

    memset(path, 'x', sizeof path);
    path[0] = '/';
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_of(path, sizeof path)).status, 404);
    snprintf(expected, sizeof expected, "{\"error\":\"Service not found: %.200s\"}", path + 1);
    assert_string_equal(body_of(fixture), expected);
    assert_int_equal(serve(fixture, handler, HTTP_VERB_GET, span_of("/a\"\xff\n", 5)).status, 404);
    assert_string_equal(body_of(fixture), "{\"error\":\"Service not found: a\\\"\\ufffd\\n\"}");
}

static void a_router_without_services_finds_nothing(void **state)
{
    struct fixture *fixture = *state;

    assert_no_page(fixture, handler_of(fixture, ""), "/Info");
    router_free(NULL);
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
        ROUTER_TEST(what_an_api_lacks_is_an_unknown_method),
        ROUTER_TEST(a_misspelt_method_is_guessed_for_the_log),
        ROUTER_TEST(a_misspelt_method_of_our_own_is_guessed_in_the_answer),
        ROUTER_TEST(any_other_path_is_an_unknown_page),
        ROUTER_TEST(an_api_that_is_not_served_has_no_methods_to_miss),
        ROUTER_TEST(an_unknown_method_is_told_in_the_encoding_of_the_request),
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
        ROUTER_TEST(a_strange_name_is_shown_in_part),
        ROUTER_TEST(a_router_without_services_finds_nothing),
        ROUTER_TEST(listeners_share_a_service),
        ROUTER_TEST(each_listener_says_what_a_service_answers_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
