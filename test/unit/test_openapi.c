/* The document of a router: what is in it, what is left out, and the page that shows it. */
#include "sim/rpc/openapi.h"

#include <jansson.h>

#include "proto/verifier.pb-c.h"
#include "test/unit/router_fixture.h"

static const struct openapi_info info = {"Title", "1.2.3", "A \"text\".", &proto_docs};

/* The router's document, parsed. */
static json_t *document_of(struct fixture *fixture)
{
    json_error_t reason;
    struct buf out;
    json_t *document;

    router_handler(fixture->router);
    buf_init(&out, SIZE_MAX);
    openapi_write(fixture->router, &info, &out);
    document = json_loadb((const char *)out.data, out.len, JSON_REJECT_DUPLICATES, &reason);
    if (!document)
        fail_msg("%s at %d: %.*s", reason.text, reason.position, (int)out.len, (const char *)out.data);
    buf_free(&out);
    return document;
}

/* What is found by going from member to member, the last of which is NULL. */
static json_t *at(json_t *value, const char *const *keys)
{
    for (; value && *keys; keys++)
        value = json_is_array(value) ? json_array_get(value, (size_t)(**keys - '0'))
                                     : json_object_get(value, *keys);
    return value;
}

#define AT(value, ...) at(value, (const char *const[]){__VA_ARGS__, NULL})

static void assert_text(json_t *value, const char *expected)
{
    assert_true(json_is_string(value));
    assert_string_equal(json_string_value(value), expected);
}

static void assert_json(json_t *value, const char *expected)
{
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_SORT_KEYS);

    assert_non_null(text);
    assert_string_equal(text, expected);
    free(text);
}

/* Which statuses the responses have, in the order of the document. */
static void assert_statuses(json_t *responses, const char *expected)
{
    char found[64] = "";
    const char *status;
    json_t *response;

    json_object_foreach(responses, status, response)
        snprintf(found + strlen(found), sizeof found - strlen(found), "%s%s", found[0] ? " " : "", status);
    assert_string_equal(found, expected);
}

static void info_and_tags_come_first(void **state)
{
    struct fixture *fixture = *state;
    json_t *document;

    router_add_service(fixture->router, &fixture->rows[WORKER]);
    router_add_service(fixture->router, &fixture->rows[KMS]);
    document = document_of(fixture);
    assert_text(AT(document, "openapi"), "3.1.0");
    assert_text(AT(document, "info", "title"), "Title");
    assert_text(AT(document, "info", "version"), "1.2.3");
    assert_text(AT(document, "info", "description"), "A \"text\".");
    assert_text(AT(document, "info", "license", "identifier"), "Apache-2.0");
    assert_int_equal(json_array_size(AT(document, "tags")), 3);
    assert_text(AT(document, "tags", "0", "name"), "KMS");
    assert_text(AT(document, "tags", "0", "description"), "The KMS of the simulated cluster.");
    assert_text(AT(document, "tags", "1", "name"), "Worker");
    assert_text(AT(document, "tags", "2", "name"), "pages");
    json_decref(document);
}

static void a_method_is_described_by_post(void **state)
{
    struct fixture *fixture = *state;
    json_t *document, *post;

    router_add_service(fixture->router, &fixture->rows[GUEST]);
    document = document_of(fixture);
    post = AT(document, "paths", "/prpc/DstackGuest.EmitEvent", "post");
    assert_json(AT(post, "tags"), "[\"DstackGuest\"]");
    assert_text(AT(post, "operationId"), "DstackGuest_EmitEvent");
    assert_text(AT(post, "summary"), "Extends RTMR3 with an event and records it in the event log");
    assert_null(AT(post, "description"));
    assert_true(json_is_true(AT(post, "requestBody", "required")));
    assert_json(AT(post, "requestBody", "content", "application/json"),
                "{\"example\":{\"event\":\"model-loaded\",\"payload\":\"c0ffee\"},"
                "\"schema\":{\"$ref\":\"#/components/schemas/EmitEventArgs\"}}");
    assert_json(AT(post, "responses", "200", "content"),
                "{\"application/json\":{\"schema\":{\"type\":\"null\"}},"
                "\"application/octet-stream\":{\"schema\":{\"description\":\"dstack.Empty as protobuf.\"}}}");
    assert_json(AT(post, "responses", "413"), "{\"$ref\":\"#/components/responses/PayloadTooLarge\"}");
    assert_statuses(AT(post, "responses"), "200 400 403 413 500");
    assert_text(AT(document, "paths", "/EmitEvent", "post", "operationId"), "EmitEvent");
    assert_true(json_is_false(AT(document, "paths", "/GetQuote", "post", "requestBody", "required")));
    json_decref(document);
}

static void a_method_is_described_by_query(void **state)
{
    struct fixture *fixture = *state;
    json_t *document, *get;

    router_add_service(fixture->router, &fixture->rows[KMS]);
    document = document_of(fixture);
    get = AT(document, "paths", "/prpc/KMS.GetAppEnvEncryptPubKey", "get");
    assert_text(AT(get, "operationId"), "KMS_GetAppEnvEncryptPubKey_by_query");
    assert_json(
        AT(get, "parameters"),
        "[{\"description\":\"As in the response of "
        "Info.\",\"example\":\"9d4c997e8fe54852ebf5a700f8400d5e6572f6cd\","
        "\"in\":\"query\",\"name\":\"app_id\",\"required\":true,\"schema\":{\"contentEncoding\":\"base16\","
        "\"pattern\":\"^(0[xX])?([0-9a-fA-F]{2}){20}$\",\"type\":\"string\"}}]");
    assert_json(AT(get, "responses", "200", "content"),
                "{\"application/json\":{\"schema\":{\"$ref\":\"#/components/schemas/PublicKeyResponse\"}}}");
    assert_null(AT(get, "requestBody"));
    assert_statuses(AT(get, "responses"), "200 400 403 431 500");
    assert_json(AT(document, "paths", "/prpc/KMS.GetMeta", "get", "parameters"), "[]");
    json_decref(document);
}

/* The real agent takes no 0X. */
static void a_method_is_described_as_exactly_as_it_is_read(void **state)
{
    static const struct {
        enum codec_rigour rigour;
        const char *prefix;
    } rows[] = {{CODEC_LENIENT, "^(0[xX])?("}, {CODEC_STRICT, "^(0[xX])?("}, {CODEC_EXACT, "^(0x)?("}};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct router_service row = fixture->rows[GUEST];
        const char *pattern;
        json_t *document;

        row.rigour = rows[i].rigour;
        router_free(fixture->router);
        fixture->router = router_new(&fixture->faults);
        router_add_service(fixture->router, &row);
        document = document_of(fixture);
        pattern = json_string_value(
            AT(document, "components", "schemas", "RawQuoteArgs", "properties", "report_data", "pattern"));
        assert_non_null(pattern);
        if (strncmp(pattern, rows[i].prefix, strlen(rows[i].prefix)) != 0)
            fail_msg("%zu: %s", i, pattern);
        json_decref(document);
    }
}

static void what_no_query_can_hold_has_no_get(void **state)
{
    struct fixture *fixture = *state;
    Dstack__Verifier_Service verifier = {.base = DSTACK__VERIFIER__BASE_INIT};
    const struct router_service row = {.service = &verifier.base, .mounts = guest_mounts};
    json_t *document;

    router_add_service(fixture->router, &row);
    document = document_of(fixture);
    assert_int_equal(json_object_size(AT(document, "paths", "/verify")), 1);
    assert_non_null(AT(document, "paths", "/verify", "post"));
    assert_non_null(AT(document, "paths", "/health", "get"));
    assert_text(AT(document, "paths", "/verify", "post", "description"),
                "Checks whether a quote is from a TD and says what runs in it. "
                "Everything that can be parsed gets a verdict.");
    assert_text(AT(document, "paths", "/verify", "post", "summary"),
                "Checks whether a quote is from a TD and says what runs in it");
    json_decref(document);
}

static void it_has_what_the_router_serves_and_no_more(void **state)
{
    static const char *const absent[] = {"/prpc/GetMeta", "/prpc/Info", "/Info", "/prpc/Tappd.Info"};
    struct fixture *fixture = *state;
    json_t *document;

    router_add_service(fixture->router, &fixture->rows[WORKER]);
    router_add_service(fixture->router, &fixture->rows[KMS]);
    document = document_of(fixture);
    assert_int_equal(json_object_size(AT(document, "paths")), 6 + 2 * 3 + 3);
    assert_text(AT(document, "paths", "/prpc/Worker.Info", "post", "operationId"), "Worker_Info");
    assert_text(AT(document, "paths", "/prpc/v0/Info", "post", "operationId"), "prpc_v0_Info");
    assert_text(AT(document, "paths", "/prpc/v0/Worker.Info", "post", "operationId"), "prpc_v0_Worker_Info");
    assert_json(AT(document, "paths", "/prpc/v0/Info", "post", "tags"), "[\"Worker\"]");
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(AT(document, "paths", absent[i]));
    assert_null(AT(document, "components", "schemas", "GetKeyArgs"));
    assert_non_null(AT(document, "components", "schemas", "BootstrapInfo")); /* inside another */
    json_decref(document);
}

static void errors_are_described_once(void **state)
{
    struct fixture *fixture = *state;
    json_t *document = document_of(fixture);

    assert_json(AT(document, "paths"), "{}");
    assert_json(
        AT(document, "components", "responses", "NotFound", "content"),
        "{\"application/json\":{\"schema\":{\"properties\":{\"error\":{\"type\":\"string\"}},"
        "\"required\":[\"error\"],\"type\":\"object\"}},"
        "\"application/octet-stream\":{\"schema\":{\"description\":\"dstack.RpcError as protobuf.\"}}}");
    json_decref(document);
}

/* --- pages --- */

static void serve_nothing(const void *context, struct exchange *exchange)
{
    (void)context;
    (void)exchange;
}

static const struct openapi_parameter parameters[] = {
    {"which", "Whose \"name\".", "{\"type\":\"string\"}", "\"web\"", false},
    {"tail", "Lines.", "{\"type\":\"integer\"}", NULL, false},
    {.name = NULL},
};
static const struct openapi_page page_doc = {.summary = "A page",
                                             .types = "text/plain; charset=utf-8, application/x-pem-file",
                                             .parameters = parameters};
static const struct openapi_page plain_doc = {.summary = "Another", .types = "application/json"};

static void pages_say_what_they_are(void **state)
{
    struct fixture *fixture = *state;
    const struct router_page pages[] = {
        {.path = "/logs/", .serve = serve_nothing, .is_prefix = true, .openapi = &page_doc},
        {.path = "/act", .verb = HTTP_VERB_POST, .serve = serve_nothing, .openapi = &plain_doc},
        {.path = "/script.js", .serve = serve_nothing},
    };
    json_t *document, *logs;

    for (size_t i = 0; i < 3; i++)
        router_add_page(fixture->router, &pages[i]);
    document = document_of(fixture);
    assert_int_equal(json_object_size(AT(document, "paths")), 2);
    logs = AT(document, "paths", "/logs/{which}", "get");
    assert_json(
        AT(logs, "parameters"),
        "[{\"description\":\"Whose \\\"name\\\".\",\"example\":\"web\",\"in\":\"path\",\"name\":\"which\","
        "\"required\":true,\"schema\":{\"type\":\"string\"}},"
        "{\"description\":\"Lines.\",\"in\":\"query\",\"name\":\"tail\",\"required\":false,"
        "\"schema\":{\"type\":\"integer\"}}]");
    assert_json(
        AT(logs, "responses", "200", "content"),
        "{\"application/x-pem-file\":{},\"text/plain; charset=utf-8\":{\"schema\":{\"type\":\"string\"}}}");
    assert_non_null(AT(logs, "responses", "400"));
    assert_json(AT(document, "paths", "/act", "post"),
                "{\"operationId\":\"page_act\",\"responses\":{\"200\":{\"content\":{\"application/json\":{}},"
                "\"description\":\"The page.\"},\"500\":{\"$ref\":\"#/components/responses/InternalError\"}},"
                "\"summary\":\"Another\",\"tags\":[\"pages\"]}");
    json_decref(document);
}

static void a_page_may_have_another_status(void **state)
{
    static const struct openapi_page doc = {
        .summary = "Ready", .types = "text/plain", .other = 503, .other_text = "Not now."};
    struct fixture *fixture = *state;
    const struct router_page page = {.path = "/ready", .serve = serve_nothing, .openapi = &doc};
    json_t *document;

    router_add_page(fixture->router, &page);
    document = document_of(fixture);
    assert_json(
        AT(document, "paths", "/ready", "get", "responses"),
        "{\"200\":{\"content\":{\"text/plain\":{\"schema\":{\"type\":\"string\"}}},\"description\":\"The "
        "page.\"},"
        "\"500\":{\"$ref\":\"#/components/responses/InternalError\"},"
        "\"503\":{\"content\":{\"text/plain\":{\"schema\":{\"type\":\"string\"}}},\"description\":\"Not "
        "now.\"}}");
    json_decref(document);
}

static void the_document_describes_its_own_page(void **state)
{
    struct fixture *fixture = *state;
    struct http_handler handler;
    struct http_response response;
    char *first;

    openapi_add(fixture->router, OPENAPI_PATH, &info);
    router_add_service(fixture->router, &fixture->rows[GUEST]); /* after it, yet described */
    handler = router_handler(fixture->router);
    response = serve(fixture, handler, HTTP_VERB_GET, span_text("/openapi.json"));
    assert_int_equal(response.status, 200);
    assert_string_equal(response.content_type, "application/json");
    assert_non_null(strstr(body_of(fixture), "\"/GetQuote\":{"));
    assert_non_null(strstr(body_of(fixture), "\"/openapi.json\":{"));
    first = strdup(body_of(fixture));
    serve(fixture, handler, HTTP_VERB_GET, span_text("/openapi.json"));
    assert_string_equal(body_of(fixture), first);
    free(first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROUTER_TEST(info_and_tags_come_first),
        ROUTER_TEST(a_method_is_described_by_post),
        ROUTER_TEST(a_method_is_described_by_query),
        ROUTER_TEST(a_method_is_described_as_exactly_as_it_is_read),
        ROUTER_TEST(what_no_query_can_hold_has_no_get),
        ROUTER_TEST(it_has_what_the_router_serves_and_no_more),
        ROUTER_TEST(errors_are_described_once),
        ROUTER_TEST(pages_say_what_they_are),
        ROUTER_TEST(a_page_may_have_another_status),
        ROUTER_TEST(the_document_describes_its_own_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
