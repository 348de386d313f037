#include "sim/rpc/dispatch.h"

#include <ctype.h>
#include <strings.h>

#include "proto/common.pb-c.h"
#include "sim/base/utf8.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/message.h"

#define TYPE_JSON "application/json"
#define TYPE_FORM "application/x-www-form-urlencoded"
#define TYPE_PLAIN "text/plain"
#define TYPE_PROTOBUF "application/octet-stream"

/* Compares a Content-Type, ignoring its parameters. */
static bool is_type(struct span content_type, const char *type)
{
    size_t len = strlen(type);

    if (content_type.len < len || strncasecmp((const char *)content_type.data, type, len) != 0)
        return false;
    return content_type.len == len || strchr("; \t", content_type.data[len]) != NULL;
}

/* Neither begins a protobuf message: '{' would be the start of a group, which proto3 does not
 * have, and 'n' a wire type that does not exist. White space in front could begin one. */
static bool looks_like_json(struct span body)
{
    if (body.len < 4 || memcmp(body.data, "null", 4) != 0)
        return body.len > 0 && body.data[0] == '{';
    for (size_t i = 4; i < body.len; i++)
        if (!memchr(" \t\r\n", body.data[i], 4))
            return false;
    return true;
}

/* `curl -d` labels its JSON as a form, fetch() as plain text, and some clients not at all. */
static bool is_json(const struct http_request *request, enum codec_rigour rigour)
{
    if (is_type(request->content_type, TYPE_JSON) || codec_query_wants_json(request->query))
        return true;
    if (rigour == CODEC_EXACT)
        return false;
    if (request->content_type.len > 0 && !is_type(request->content_type, TYPE_FORM) &&
        !is_type(request->content_type, TYPE_PLAIN))
        return false;
    return looks_like_json(request->body);
}

/* What `curl -d name=value` sends. Protobuf hardly looks like that: its first letter would be the
 * tag of a field above 7 that is not a number, and all bytes after it visible characters. */
static bool is_form(const struct http_request *request)
{
    const struct span body = request->body;
    size_t name_len = 0;

    if (!is_type(request->content_type, TYPE_FORM) || body.len == 0 || isdigit(body.data[0]))
        return false;
    while (name_len < body.len && (isalnum(body.data[name_len]) || body.data[name_len] == '_'))
        name_len++;
    if (name_len == 0 || name_len == body.len || body.data[name_len] != '=')
        return false;
    for (size_t i = name_len; i < body.len; i++)
        if (!isgraph(body.data[i]))
            return false;
    return true;
}

static int refuse_form(const ProtobufCMessageDescriptor *descriptor, struct error *error)
{
    if (descriptor->n_fields == 0)
        return error_input(error, "the body is a form, but this method takes no arguments: send no body");
    return error_input(
        error, "the body is a form: send JSON, such as {\"%s\":...}%s", descriptor->fields[0].name,
        message_fits_query(descriptor) ? ", or the same form in the query string of a GET (curl -G)" : "");
}

/* Whether an error is told in JSON. */
static bool reads_json(const struct http_request *request, enum codec_rigour rigour)
{
    return request->verb != HTTP_VERB_POST || is_json(request, rigour) || is_form(request);
}

/* A truncated message may end inside a character, which protobuf readers reject. */
static void mend_utf8(char *text)
{
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        uint32_t character;
        size_t size = utf8_read((const uint8_t *)text + at, len - at, &character);

        if (size == 0)
            text[at] = '?';
        at += size ? size : 1;
    }
}

static void fail_protobuf(struct http_response *response, int status, char *text, const char *reason)
{
    Dstack__RpcError message = DSTACK__RPC_ERROR__INIT;

    mend_utf8(text);
    message.message = text;
    buf_reset(response->body);
    codec_protobuf_encode(NULL, &message.base, response->body);
    response->status = status;
    response->content_type = TYPE_PROTOBUF;
    exchange_explain(response, reason);
}

static int status_of(enum error_kind kind)
{
    return kind == ERROR_INPUT ? 400 : kind == ERROR_UNAVAILABLE ? 501 : 500;
}

static void fail(struct rpc_call *call, struct http_response *response, bool json)
{
    int status = status_of(call->error.kind);
    char reason[HTTP_REASON_BYTES];

    error_reason(&call->error, reason, sizeof reason);
    if (json)
        exchange_fail_quoting(response, status, call->error.text, reason);
    else
        fail_protobuf(response, status, call->error.text, reason);
}

void dispatch_fail(struct exchange *exchange, int status, const char *message, const char *reason)
{
    if (reads_json(&exchange->request, CODEC_LENIENT))
        exchange_fail_quoting(&exchange->response, status, message, reason);
    else
        fail_protobuf(&exchange->response, status, arena_copy(exchange->arena, message, strlen(message)),
                      reason);
}

static void reply(const ProtobufCMessage *message, void *data)
{
    struct rpc_call *call = data;

    if (message && call->error.kind == ERROR_NONE) {
        call->encode(call, message, call->out);
        call->has_replied = true;
    }
}

typedef ProtobufCMessage *decoder(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                  struct arena *arena, struct http_ignored *ignored, struct error *error);

static decoder *const json_decoders[] = {
    [CODEC_LENIENT] = codec_json_decode,
    [CODEC_STRICT] = codec_json_decode_strict,
    [CODEC_EXACT] = codec_json_decode_exact,
};
static decoder *const query_decoders[] = {
    [CODEC_LENIENT] = codec_query_decode,
    [CODEC_STRICT] = codec_query_decode_strict,
    [CODEC_EXACT] = codec_query_decode_exact,
};

static ProtobufCMessage *decode(const struct dispatch_method *method, struct exchange *exchange, bool json,
                                struct rpc_call *call)
{
    const struct http_request *request = &exchange->request;
    struct http_ignored *ignored = &exchange->response.remarks.ignored;
    const ProtobufCMessageDescriptor *descriptor = method->service->descriptor->methods[method->index].input;

    if (request->verb != HTTP_VERB_POST)
        return query_decoders[method->rigour](descriptor, request->query, call->arena, ignored, &call->error);
    if (json && is_form(request)) {
        refuse_form(descriptor, &call->error);
        return NULL;
    }
    return (json ? json_decoders[method->rigour] : codec_protobuf_decode)(descriptor, request->body,
                                                                          call->arena, ignored, &call->error);
}

static void fail_verb(struct http_response *response, bool with_get)
{
    exchange_fail(response, 405,
                  with_get ? "this method takes GET or POST"
                           : "this method takes POST only: its arguments do not fit in a query string");
    response->headers = with_get ? "Allow: GET, HEAD, POST\r\n" : "Allow: POST\r\n";
}

/* Not by assigning a whole one: most of it is room for the text of an error. */
static void begin(struct rpc_call *call, const struct dispatch_method *method,
                  const struct exchange *exchange, bool json)
{
    call->context = method->context;
    call->peer = exchange->peer;
    call->hold = exchange->hold;
    call->arena = exchange->arena;
    error_clear(&call->error);
    call->encode = json ? codec_json_encode : codec_protobuf_encode;
    call->out = exchange->response.body;
    call->has_replied = false;
    call->text_count = 0;
}

void dispatch_call(const struct dispatch_method *method, struct exchange *exchange)
{
    const ProtobufCMethodDescriptor *descriptor = &method->service->descriptor->methods[method->index];
    struct http_response *response = &exchange->response;
    bool get = exchange->request.verb == HTTP_VERB_GET || exchange->request.verb == HTTP_VERB_HEAD;
    bool json = reads_json(&exchange->request, method->rigour);
    struct rpc_call call;
    ProtobufCMessage *args;

    if (exchange->request.verb != HTTP_VERB_POST && !(get && message_fits_query(descriptor->input))) {
        fail_verb(response, message_fits_query(descriptor->input));
        return;
    }
    begin(&call, method, exchange, json);
    response->content_type = json ? TYPE_JSON : TYPE_PROTOBUF;
    args = decode(method, exchange, json, &call);
    if (args)
        method->service->invoke(unconst(method->service), method->index, args, reply, &call);
    if (call.error.kind == ERROR_PENDING) {
        exchange->response.hold = call.hold;
        return;
    }
    if (args && !call.has_replied)
        error_internal(&call.error, "%s did not reply", descriptor->name);
    if (response->body->has_overflowed)
        error_internal(&call.error, "the response of %s is too large", descriptor->name);
    if (call.error.kind != ERROR_NONE)
        fail(&call, response, json);
}
