/* What the tests of dispatch share: a guest agent that shows what reaches it, requests without a
 * network, and what is to be said of the answers. */
#ifndef TEST_DISPATCH_FIXTURE_H
#define TEST_DISPATCH_FIXTURE_H

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

static inline void count(Dstack__DstackGuest_Service *service)
{
    ((struct fake *)(void *)service)->calls++;
}

/* Echoes its arguments: the path as the key, the purpose as the chain. */
RPC_METHOD(get_key, DstackGuest, GetKeyArgs, GetKeyResponse)
{
    Dstack__GetKeyResponse response = DSTACK__GET_KEY_RESPONSE__INIT;
    ProtobufCBinaryData purpose = call_bytes(args->purpose, strlen(args->purpose));

    count(service);
    response.key = call_bytes(args->path, strlen(args->path));
    response.signature_chain = &purpose;
    response.n_signature_chain = 1;
    reply(&response, data);
}

RPC_METHOD(emit_event, DstackGuest, EmitEventArgs, Empty)
{
    const Dstack__Empty response = DSTACK__EMPTY__INIT;

    count(service);
    reply(&response, data);
}

/* Refuses what it was asked; RSA is not there at all. */
RPC_METHOD(sign, DstackGuest, SignArgs, SignResponse)
{
    struct rpc_call *call = data;

    count(service);
    if (strcmp(args->algorithm, "rsa") == 0)
        error_unavailable(&call->error, "there is no RSA");
    error_quote(&call->error, "Unsupported algorithm \"", span_text(args->algorithm), "\"");
    reply(NULL, data);
}

/* Fails by itself. */
RPC_METHOD(attest, DstackGuest, RawQuoteArgs, AttestResponse)
{
    struct rpc_call *call = data;

    count(service);
    error_internal(&call->error, "no random bytes");
    reply(NULL, data);
}

/* More than the body may hold. */
RPC_METHOD(get_quote, DstackGuest, RawQuoteArgs, GetQuoteResponse)
{
    struct rpc_call *call = data;
    Dstack__GetQuoteResponse response = DSTACK__GET_QUOTE_RESPONSE__INIT;

    count(service);
    response.quote = call_bytes(arena_zalloc(call->arena, BODY_LIMIT), BODY_LIMIT);
    reply(&response, data);
}

/* Forgets to reply. */
RPC_METHOD(verify, DstackGuest, VerifyArgs, VerifyResponse)
{
    count(service);
}

/* Replies with neither a response nor an error. */
RPC_METHOD(info, DstackGuest, Empty, AppInfo)
{
    count(service);
    reply(NULL, data);
}

/* Replies although it has set an error. */
RPC_METHOD(version, DstackGuest, Empty, VersionResponse)
{
    const Dstack__VersionResponse response = DSTACK__VERSION_RESPONSE__INIT;
    struct rpc_call *call = data;

    count(service);
    error_input(&call->error, "first");
    reply(&response, data);
    error_internal(&call->error, "second");
}

RPC_METHOD(get_tls_key, DstackGuest, GetTlsKeyArgs, GetTlsKeyResponse)
{
    const Dstack__GetTlsKeyResponse response = DSTACK__GET_TLS_KEY_RESPONSE__INIT;

    count(service);
    reply(&response, data);
}

RPC_METHOD(gpu_info, DstackGuest, Empty, GpuInfoResponse)
{
    const Dstack__GpuInfoResponse response = DSTACK__GPU_INFO_RESPONSE__INIT;

    count(service);
    reply(&response, data);
}

struct fixture {
    struct fake fake;
    struct arena arena;
    struct buf body;
    struct exchange exchange;
    enum codec_rigour rigour; /* of the methods called */
};

static inline int setup(void **state)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);

    assert_non_null(fixture);
    fixture->fake.service = (Dstack__DstackGuest_Service)DSTACK__DSTACK_GUEST__INIT();
    arena_init(&fixture->arena);
    buf_init(&fixture->body, BODY_LIMIT);
    *state = fixture;
    return 0;
}

static inline int teardown(void **state)
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

static inline const struct http_response *send_bytes(struct fixture *fixture, const char *method,
                                                     struct request request, struct span body)
{
    const ProtobufCServiceDescriptor *descriptor = fixture->fake.service.base.descriptor;
    const ProtobufCMethodDescriptor *found =
        protobuf_c_service_descriptor_get_method_by_name(descriptor, method);
    struct dispatch_method target = {.service = &fixture->fake.service.base, .rigour = fixture->rigour};

    assert_non_null(found);
    target.index = (unsigned)(found - descriptor->methods);
    buf_reset(&fixture->body);
    fixture->fake.calls = 0;
    fixture->exchange = (struct exchange){
        .request = {.verb = request.verb,
                    .query = span_text(request.query ? request.query : ""),
                    .content_type = request.type ? span_text(request.type) : SPAN_NONE,
                    .body = body},
        .response = {.status = 200, .body = &fixture->body},
        .arena = &fixture->arena,
    };
    dispatch_call(&target, &fixture->exchange);
    return &fixture->exchange.response;
}

static inline const struct http_response *send(struct fixture *fixture, const char *method,
                                               struct request request)
{
    return send_bytes(fixture, method, request, request.body ? span_text(request.body) : SPAN_NONE);
}

#define SEND(fixture, method, ...) send(fixture, method, (struct request){__VA_ARGS__})
#define POST .verb = HTTP_VERB_POST
#define GET .verb = HTTP_VERB_GET
#define HEAD .verb = HTTP_VERB_HEAD

static inline void assert_body(const struct http_response *response, const char *expected)
{
    if (!span_is(buf_span(response->body), expected))
        fail_msg("%.*s, not %s", (int)response->body->len, (const char *)response->body->data, expected);
}

static inline void assert_json(const struct http_response *response, int status, const char *body)
{
    assert_int_equal(response->status, status);
    assert_string_equal(response->content_type, "application/json");
    assert_body(response, body);
}

/* A protobuf response, as hex. */
static inline void assert_protobuf(const struct http_response *response, const char *hex)
{
    assert_int_equal(response->status, 200);
    assert_string_equal(response->content_type, "application/octet-stream");
    assert_hex_equal(response->body->data, response->body->len, hex);
}

static inline void assert_protobuf_error(struct fixture *fixture, const struct http_response *response,
                                         int status, const char *says)
{
    struct error error = {.kind = ERROR_NONE};
    struct http_ignored ignored = {.count = 0};
    const Dstack__RpcError *message = (const Dstack__RpcError *)codec_protobuf_decode(
        &dstack__rpc_error__descriptor, buf_span(response->body), &fixture->arena, &ignored, &error);

    assert_int_equal(response->status, status);
    assert_string_equal(response->content_type, "application/octet-stream");
    assert_non_null(message);
    assert_string_equal(message->message, says);
    assert_int_equal(ignored.count, 0);
}

#endif
