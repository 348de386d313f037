/* One method call from request to response: choose the encoding, decode the
 * arguments, call the handler, encode its reply. */
#ifndef RPC_DISPATCH_H
#define RPC_DISPATCH_H

#include <protobuf-c/protobuf-c.h>

#include "sim/http/exchange.h"
#include "sim/rpc/codec.h"

struct dispatch_method {
    const ProtobufCService *service;
    const void *context;      /* see call.h */
    unsigned index;           /* into the service's methods */
    enum codec_rigour rigour; /* CODEC_EXACT: and JSON needs its Content-Type, or ?json */
};

/* Answers in the encoding of the request. Never fails: errors are responses. */
void dispatch_call(const struct dispatch_method *method, struct exchange *exchange);

/* Answers with an error instead of calling, in the encoding of the request. For message and
 * reason, see exchange_fail_quoting. */
void dispatch_fail(struct exchange *exchange, int status, const char *message, const char *reason);

#endif
