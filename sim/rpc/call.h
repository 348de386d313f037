/* One method call, as a handler sees it.
 *
 * A handler is a function of a service that protobuf-c generated:
 *
 *     static void get_quote(Dstack__DstackGuest_Service *service, const Dstack__RawQuoteArgs *args,
 *                           Dstack__GetQuoteResponse_Closure reply, void *call);
 *
 * It calls reply exactly once before it returns: with a response, which is encoded
 * at once and may be on the stack, or with NULL after setting call->error. */
#ifndef RPC_CALL_H
#define RPC_CALL_H

#include <protobuf-c/protobuf-c.h>

#include "sim/base/arena.h"
#include "sim/base/buf.h"
#include "sim/base/error.h"
#include "sim/base/text.h"
#include "sim/base/unconst.h"
#include "sim/http/exchange.h"

#define RPC_CALL_TEXTS_MAX 4

struct rpc_call {
    const void *context;          /* from router_service */
    const struct http_peer *peer; /* of a TLS connection, or NULL */
    struct http_hold *hold;       /* what the call was held with before; of a handler that fails with
                                   * ERROR_PENDING, what it is held with now */
    struct arena *arena;          /* for everything a handler allocates */
    struct error error;

    /* Private to rpc/. */
    void (*encode)(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);
    struct buf *out;
    bool has_replied;
    const struct text *texts[RPC_CALL_TEXTS_MAX];
    size_t text_count;
};

/* A text for a string field of the response. The JSON encoder then uses its ready-made
 * JSON form; the text must not change before reply. */
char *call_text(struct rpc_call *call, const struct text *text);

/* Bytes for a field of the response; they must stay valid until reply. */
ProtobufCBinaryData call_bytes(const void *data, size_t len);

/* An argument's bytes as a span. */
struct span call_span(ProtobufCBinaryData bytes);

#endif
