/* One method call from request to response: choose the encoding, decode the
 * arguments, call the handler, encode what it replies. */
#ifndef RPC_DISPATCH_H
#define RPC_DISPATCH_H

#include <protobuf-c/protobuf-c.h>

#include "sim/http/exchange.h"

struct dispatch_method {
    const ProtobufCService *service;
    const void *context; /* for call.h */
    unsigned index;      /* into the service's methods */
    bool is_strict;      /* an argument of an unknown name is an error, in JSON and query strings */
};

/* Answers in the encoding that was asked in. Never fails: errors are responses. */
void dispatch_call(const struct dispatch_method *method, struct exchange *exchange);

/* An error in place of a call's answer, in the encoding that was asked in. */
void dispatch_fail(struct exchange *exchange, int status, const char *message);

#endif
