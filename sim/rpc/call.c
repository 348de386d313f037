#include "sim/rpc/call.h"

#include "sim/base/unconst.h"

char *call_text(struct rpc_call *call, const struct text *text)
{
    if (call->text_count < RPC_CALL_TEXTS_MAX)
        call->texts[call->text_count++] = text;
    return text->plain;
}

ProtobufCBinaryData call_bytes(const void *data, size_t len)
{
    /* protobuf-c uses one type for input and output. */
    return (ProtobufCBinaryData){.len = len, .data = unconst(data)};
}

struct span call_span(ProtobufCBinaryData bytes)
{
    return span_of(bytes.data, bytes.len);
}
