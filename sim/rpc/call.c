#include "sim/rpc/call.h"

char *rpc_text(struct rpc_call *call, const struct text *text)
{
    if (call->text_count < RPC_CALL_TEXTS_MAX)
        call->texts[call->text_count++] = text;
    return text->plain;
}

void *rpc_constant(const void *data)
{
    return (void *)(uintptr_t)data;
}

ProtobufCBinaryData rpc_bytes(const void *data, size_t len)
{
    return (ProtobufCBinaryData){.len = len, .data = rpc_constant(data)};
}

struct span rpc_span(ProtobufCBinaryData bytes)
{
    return span_of(bytes.data, bytes.len);
}
