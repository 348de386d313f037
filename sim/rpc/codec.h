/* Generic encoding and decoding of messages by their descriptors.
 *
 * Decoders return the message (in the arena) or NULL with *error set. Encoders
 * cannot fail; exceeding the buffer's limit sets its has_overflowed.
 *
 * Members and fields that a message does not have are ignored, as the real agent does, unless
 * said otherwise below. Decoders add them to *ignored: with their names, except for protobuf's
 * and for items of a query string without '='. */
#ifndef RPC_CODEC_H
#define RPC_CODEC_H

#include "sim/http/http_remarks.h"
#include "sim/rpc/call.h"

/* How a request in JSON or a query string is read. */
enum codec_rigour {
    CODEC_LENIENT,
    CODEC_STRICT, /* an unknown name is an error, which lists the known ones */
    CODEC_EXACT,  /* the same, and a form that the real agent refuses is an error that says which is right */
};

/* Reads a JSON object; empty text counts as {}, and so does null for a message of which every
 * field is optional (Rust's serde writes a request without arguments as null). null is allowed
 * only for optional fields, bytes are hex, 64-bit integers may be strings. */
ProtobufCMessage *codec_json_decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                    struct arena *arena, struct http_ignored *ignored, struct error *error);
/* The same, with CODEC_STRICT. */
ProtobufCMessage *codec_json_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                           struct arena *arena, struct http_ignored *ignored,
                                           struct error *error);
/* The same, with CODEC_EXACT, which refuses numbers as strings. */
ProtobufCMessage *codec_json_decode_exact(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                          struct arena *arena, struct http_ignored *ignored,
                                          struct error *error);
/* Writes every field, in ASCII. A message type without fields becomes `null`, for
 * clients that parse every body. */
void codec_json_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

/* Reads a query string: name=value joined by '&', percent-encoded, '+' for a space; a repeated
 * name, and name[]=value or name[0]=value, appends to a repeated field. */
ProtobufCMessage *codec_query_decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                     struct arena *arena, struct http_ignored *ignored, struct error *error);
/* The same, with CODEC_STRICT; `json` is a known name. */
ProtobufCMessage *codec_query_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                            struct arena *arena, struct http_ignored *ignored,
                                            struct error *error);
/* The same, with CODEC_EXACT, which refuses a name given twice, 1 and 0 for booleans, and lists
 * without brackets. */
ProtobufCMessage *codec_query_decode_exact(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                           struct arena *arena, struct http_ignored *ignored,
                                           struct error *error);
/* The first value of that name, decoded into the arena. Returns false and leaves *value
 * alone if there is none or it is not properly encoded. */
bool codec_query_find(struct span query, const char *name, struct arena *arena, struct span *value);
/* The query without the items of that name; the same text if there are none. */
struct span codec_query_without(struct span query, const char *name, struct arena *arena);
/* Whether the query contains json, json=1 or json=true. */
bool codec_query_wants_json(struct span query);

/* proto3 binary. */
ProtobufCMessage *codec_protobuf_decode(const ProtobufCMessageDescriptor *descriptor, struct span body,
                                        struct arena *arena, struct http_ignored *ignored,
                                        struct error *error);
void codec_protobuf_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

#endif
