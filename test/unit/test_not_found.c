/* What is answered where nothing is served: unknown methods, and unknown pages. */
#include "test/unit/router_fixture.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(what_an_api_lacks_is_an_unknown_method),
        ROUTER_TEST(a_misspelt_method_is_guessed_for_the_log),
        ROUTER_TEST(a_misspelt_method_of_our_own_is_guessed_in_the_answer),
        ROUTER_TEST(any_other_path_is_an_unknown_page),
        ROUTER_TEST(an_api_that_is_not_served_has_no_methods_to_miss),
        ROUTER_TEST(an_unknown_method_is_told_in_the_encoding_of_the_request),
        ROUTER_TEST(a_strange_name_is_shown_in_part),
        ROUTER_TEST(a_router_without_services_finds_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
