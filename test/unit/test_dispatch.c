/* One call: which encoding, which status, and what a handler may do wrong. */
#include "sim/rpc/dispatch.h"

#include "proto/dstack_guest.pb-c.h"
#include "test/unit/rpc_fixture.h"

#define BODY_LIMIT 1024
#define FORM "application/x-www-form-urlencoded"
#define FORM_UTF8 "application/x-www-form-urlencoded; charset=utf-8"
#define FORM_OTHER "application/x-www-form-urlencodedx"

/* A service with one way to behave for each method. */
struct fake {
    Dstack__DstackGuest_Service service;
    unsigned calls;
};

static void count(Dstack__DstackGuest_Service *service)
{
    ((struct fake *)(void *)service)->calls++;
}

/* Echoes its arguments: the path as the key, the purpose as the chain. */
static void get_key(Dstack__DstackGuest_Service *service, const Dstack__GetKeyArgs *args,
                    Dstack__GetKeyResponse_Closure reply, void *data)
{
    Dstack__GetKeyResponse response = DSTACK__GET_KEY_RESPONSE__INIT;
    ProtobufCBinaryData purpose = rpc_bytes(args->purpose, strlen(args->purpose));

    count(service);
    response.key = rpc_bytes(args->path, strlen(args->path));
    response.signature_chain = &purpose;
    response.n_signature_chain = 1;
    reply(&response, data);
}

static void emit_event(Dstack__DstackGuest_Service *service, const Dstack__EmitEventArgs *args,
                       Dstack__Empty_Closure reply, void *data)
{
    const Dstack__Empty response = DSTACK__EMPTY__INIT;

    (void)args;
    count(service);
    reply(&response, data);
}

/* Refuses what it was asked. */
static void sign(Dstack__DstackGuest_Service *service, const Dstack__SignArgs *args,
                 Dstack__SignResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;

    count(service);
    error_input(&call->error, "Unsupported algorithm \"%s\"", args->algorithm);
    reply(NULL, data);
}

/* Fails by itself. */
static void attest(Dstack__DstackGuest_Service *service, const Dstack__RawQuoteArgs *args,
                   Dstack__AttestResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;

    (void)args;
    count(service);
    error_internal(&call->error, "no random bytes");
    reply(NULL, data);
}

/* More than the body may hold. */
static void get_quote(Dstack__DstackGuest_Service *service, const Dstack__RawQuoteArgs *args,
                      Dstack__GetQuoteResponse_Closure reply, void *data)
{
    struct rpc_call *call = data;
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;

    (void)args;
    count(service);
    response.quote = rpc_bytes(arena_zalloc(call->arena, BODY_LIMIT), BODY_LIMIT);
    reply(&response, data);
}

/* Forgets to reply. */
static void verify(Dstack__DstackGuest_Service *service, const Dstack__VerifyArgs *args,
                   Dstack__VerifyResponse_Closure reply, void *data)
{
    (void)args;
    (void)reply;
    (void)data;
    count(service);
}

/* Replies with neither a response nor an error. */
static void info(Dstack__DstackGuest_Service *service, const Dstack__Empty *args,
                 Dstack__AppInfo_Closure reply, void *data)
{
    (void)args;
    count(service);
    reply(NULL, data);
}

/* Replies although it has set an error. */
static void version(Dstack__DstackGuest_Service *service, const Dstack__Empty *args,
                    Dstack__VersionResponse_Closure reply, void *data)
{
    const Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;
    struct rpc_call *call = data;

    (void)args;
    count(service);
    error_input(&call->error, "first");
    reply(&response, data);
    error_internal(&call->error, "second");
}

static void get_tls_key(Dstack__DstackGuest_Service *service, const Dstack__GetTlsKeyArgs *args,
                        Dstack__GetTlsKeyResponse_Closure reply, void *data)
{
    const Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;

    (void)args;
    count(service);
    reply(&response, data);
}

static void gpu_info(Dstack__DstackGuest_Service *service, const Dstack__Empty *args,
                     Dstack__GpuInfoResponse_Closure reply, void *data)
{
    const Dstack__GpuInfoResponse response = DSTACK__GPU_INFO_RESPONSE__INIT;

    (void)args;
    count(service);
    reply(&response, data);
}

struct fixture {
    struct fake fake;
    struct arena arena;
    struct buf body;
    struct exchange exchange;
};

static int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->fake.service = (Dstack__DstackGuest_Service)DSTACK__DSTACK_GUEST__INIT();
    arena_init(&fixture->arena);
    buf_init(&fixture->body, BODY_LIMIT);
    *state = fixture;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *fixture = *state;

    arena_free(&fixture->arena);
    buf_free(&fixture->body);
    free(fixture);
    return 0;
}

/* What a request says; the members left out are empty. */
struct request {
    enum http_verb verb;
    const char *query, *type, *body;
};

static const struct http_response *send_bytes(struct fixture *fixture, const char *method,
                                              struct request request, struct span body)
{
    const ProtobufCServiceDescriptor *descriptor = fixture->fake.service.base.descriptor;
    const ProtobufCMethodDescriptor *found =
        protobuf_c_service_descriptor_get_method_by_name(descriptor, method);
    struct dispatch_method target = {&fixture->fake.service.base, 0};

    assert_non_null(found);
    target.index = (unsigned)(found - descriptor->methods);
    buf_reset(&fixture->body);
    fixture->fake.calls = 0;
    fixture->exchange = (struct exchange){
        .request = {.verb = request.verb,
                    .query = span_text(request.query ? request.query : ""),
                    .content_type = request.type ? span_text(request.type) : NO_SPAN,
                    .body = body},
        .response = {.status = 200, .body = &fixture->body},
        .arena = &fixture->arena,
    };
    dispatch_call(&target, &fixture->exchange);
    return &fixture->exchange.response;
}

static const struct http_response *send(struct fixture *fixture, const char *method, struct request request)
{
    return send_bytes(fixture, method, request, request.body ? span_text(request.body) : NO_SPAN);
}

#define SEND(fixture, method, ...) send(fixture, method, (struct request){__VA_ARGS__})
#define POST .verb = HTTP_VERB_POST
#define GET .verb = HTTP_VERB_GET

static void assert_body(const struct http_response *response, const char *want)
{
    if (!span_is(buf_span(response->body), want))
        fail_msg("%.*s, not %s", (int)response->body->len, (const char *)response->body->data, want);
}

static void assert_json(const struct http_response *response, int status, const char *body)
{
    assert_int_equal(response->status, status);
    assert_string_equal(response->content_type, "application/json");
    assert_body(response, body);
}

/* A protobuf response, as hex. */
static void assert_protobuf(const struct http_response *response, const char *hex)
{
    assert_int_equal(response->status, 200);
    assert_string_equal(response->content_type, "application/octet-stream");
    assert_hex_equal(response->body->data, response->body->len, hex);
}

static void assert_protobuf_error(struct fixture *fixture, const struct http_response *response, int status,
                                  const char *says)
{
    struct error error = {.kind = ERROR_NONE};
    const Dstack__RpcError *message = (const Dstack__RpcError *)codec_protobuf_decode(
        &dstack__rpc_error__descriptor, buf_span(response->body), &fixture->arena, &error);

    assert_int_equal(response->status, status);
    assert_string_equal(response->content_type, "application/octet-stream");
    assert_non_null(message);
    assert_string_equal(message->message, says);
}

static const char echo_a[] = "{\"key\":\"61\",\"signature_chain\":[\"\"]}";
static const char protobuf_a[] = "0a0161"
                                 "1200"; /* the same response */

static void get_reads_the_query(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&purpose=b+c"), 200,
                "{\"key\":\"61\",\"signature_chain\":[\"622063\"]}");
    assert_json(
        SEND(fixture, "GetKey", GET, .query = "path=a", .type = "application/octet-stream", .body = "\x01"),
        200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a", .type = "application/json",
                     .body = "{\"path\":\"b\"}"),
                200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=a&json=0"), 200, echo_a);
    assert_json(SEND(fixture, "GetKey", GET), 200, "{\"key\":\"\",\"signature_chain\":[\"\"]}");
    assert_json(SEND(fixture, "GetKey", GET, .query = "path=%"), 400,
                "{\"error\":\"the query string has a '%' that two hex digits do not follow\"}");
    assert_int_equal(fixture->fake.calls, 0);
}

static void json_by_content_type(void **state)
{
    static const char *const types[] = {
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=utf-8",
        "application/json ;q=1",
        "application/json\t; a=b",
        "application/json ",
        "APPLICATION/JSON;",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .body = " {\"path\":\"a\"}"), 200,
                    echo_a);
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i]), 200,
                    "{\"key\":\"\",\"signature_chain\":[\"\"]}");
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .query = "path=q", .body = "[]"), 400,
                    "{\"error\":\"the body must be a JSON object, not an array\"}");
    }
    assert_json(
        SEND(fixture, "GetKey", POST, .type = types[0], .query = "json=0", .body = "{\"path\":\"a\"}"), 200,
        echo_a);
}

static void json_by_query(void **state)
{
    static const char *const types[] = {"application/octet-stream", "text/plain", FORM, NULL};
    static const char *const queries[] = {"json", "json=1", "json=true", "x=y&json"};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        for (size_t k = 0; k < sizeof queries / sizeof *queries; k++)
            assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .query = queries[k],
                             .body = " {\"path\":\"a\"}"),
                        200, echo_a);
    assert_protobuf(SEND(fixture, "GetKey", POST, .query = "json=0",
                         .body = "\x0a\x01"
                                 "a"),
                    protobuf_a);
}

static void json_by_its_first_byte(void **state)
{
    static const char *const types[] = {FORM,         "APPLICATION/X-WWW-FORM-URLENCODED", FORM_UTF8,
                                        "text/plain", "Text/Plain;charset=UTF-8",          "",
                                        NULL};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_json(SEND(fixture, "GetKey", POST, .type = types[i], .body = "{\"path\":\"a\"}"), 200, echo_a);
        assert_json(SEND(fixture, "EmitEvent", POST, .type = types[i], .body = "{}"), 200, "null");
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i],
                             .body = "\x0a\x01"
                                     "a"),
                        protobuf_a);
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i]), "1200");
        assert_protobuf_error(fixture, SEND(fixture, "GetKey", POST, .type = types[i], .body = " {}"), 400,
                              "the body is no protobuf message of type GetKeyArgs; "
                              "to send JSON, set Content-Type: application/json");
    }
}

static void everything_else_is_protobuf(void **state)
{
    static const char *const types[] = {
        "application/octet-stream",
        "application/protobuf",
        "text/html",
        "text/json",
        "application/jsonp",
        "application/json-patch+json",
        "application/jso",
        "x application/json",
        FORM_OTHER,
        "text/plainer",
        "*/*",
    };
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_protobuf(SEND(fixture, "GetKey", POST, .type = types[i],
                             .body = "\x0a\x01"
                                     "a"),
                        protobuf_a);
        assert_protobuf_error(
            fixture, SEND(fixture, "GetKey", POST, .type = types[i], .body = "{\"path\":\"a\"}"), 400,
            "the body is no protobuf message of type GetKeyArgs; "
            "to send JSON, set Content-Type: application/json");
        assert_int_equal(fixture->fake.calls, 0);
    }
}

static void an_empty_response(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "EmitEvent", POST, .type = "application/json", .body = "{\"event\":\"e\"}"),
                200, "null");
    assert_json(SEND(fixture, "EmitEvent", GET, .query = "event=e"), 200, "null");
    assert_protobuf(SEND(fixture, "EmitEvent", POST,
                         .body = "\x0a\x01"
                                 "e"),
                    "");
    assert_int_equal(fixture->fake.calls, 1);
}

static void a_refusal_is_a_400(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Sign", GET, .query = "algorithm=caf%C3%A9"), 400,
                "{\"error\":\"Unsupported algorithm \\\"caf\\u00e9\\\"\"}");
    assert_json(SEND(fixture, "Sign", POST, .body = "{\"algorithm\":\"x\"}"), 400,
                "{\"error\":\"Unsupported algorithm \\\"x\\\"\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Sign", POST, .body = "\x0a\x01x"), 400,
                          "Unsupported algorithm \"x\"");
    assert_int_equal(fixture->fake.calls, 1);
}

static void arguments_that_cannot_be_read(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Sign", POST, .body = "{\"data\":\"0\"}"), 400,
                "{\"error\":\"data must be hex with two digits a byte, but has an odd number of digits\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Sign", POST, .body = "\x0a\x01\xff"), 400,
                          "algorithm must be UTF-8 text");
    assert_int_equal(fixture->fake.calls, 0);
}

static void our_own_fault_is_a_500(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Attest", GET), 500, "{\"error\":\"no random bytes\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Attest", POST), 500, "no random bytes");
    assert_json(SEND(fixture, "Verify", GET), 500, "{\"error\":\"Verify gave no answer\"}");
    assert_protobuf_error(fixture, SEND(fixture, "Verify", POST), 500, "Verify gave no answer");
    assert_json(SEND(fixture, "Info", GET), 500, "{\"error\":\"Info gave no answer\"}");
}

static void an_error_wins_over_a_response(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "Version", GET), 400, "{\"error\":\"first\"}");
}

static void a_response_too_large_is_a_500(void **state)
{
    struct fixture *fixture = *state;

    assert_json(SEND(fixture, "GetQuote", GET), 500, "{\"error\":\"the response of GetQuote is too large\"}");
    assert_false(fixture->body.overflow);
    assert_protobuf_error(fixture, SEND(fixture, "GetQuote", POST), 500,
                          "the response of GetQuote is too large");
    assert_false(fixture->body.overflow);
}

static void other_verbs_are_405(void **state)
{
    static const enum http_verb verbs[] = {HTTP_VERB_HEAD, HTTP_VERB_OTHER};
    struct fixture *fixture = *state;

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const struct http_response *response = SEND(fixture, "GetKey", .verb = verbs[i], .query = "path=a");
        assert_json(response, 405, "{\"error\":\"a method is called with GET or POST\"}");
        assert_string_equal(response->headers, "Allow: GET, POST\r\n");
        assert_int_equal(fixture->fake.calls, 0);
    }
    assert_null(SEND(fixture, "GetKey", GET)->headers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(get_reads_the_query, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_content_type, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_query, setup, teardown),
        cmocka_unit_test_setup_teardown(json_by_its_first_byte, setup, teardown),
        cmocka_unit_test_setup_teardown(everything_else_is_protobuf, setup, teardown),
        cmocka_unit_test_setup_teardown(an_empty_response, setup, teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_a_400, setup, teardown),
        cmocka_unit_test_setup_teardown(arguments_that_cannot_be_read, setup, teardown),
        cmocka_unit_test_setup_teardown(our_own_fault_is_a_500, setup, teardown),
        cmocka_unit_test_setup_teardown(an_error_wins_over_a_response, setup, teardown),
        cmocka_unit_test_setup_teardown(a_response_too_large_is_a_500, setup, teardown),
        cmocka_unit_test_setup_teardown(other_verbs_are_405, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
