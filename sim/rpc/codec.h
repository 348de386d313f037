/* Generic encoding and decoding of messages by their descriptors.
 *
 * Decoders return the message (in the arena) or NULL with *error set. Encoders
 * cannot fail; exceeding the buffer's limit sets its overflow flag. */
#ifndef RPC_CODEC_H
#define RPC_CODEC_H

#include "sim/rpc/call.h"

/* The most fields or JSON values, known or unknown, in a request: a small body can hold
 * millions of empty values, each of which takes memory. */
#define CODEC_VALUES_MAX (1u << 17)

/* Reads a JSON object; empty text counts as {}, and so does null for a message of which every
 * field is optional (Rust's serde writes a request without arguments as null). Unknown members are ignored, null is
 * allowed only for optional fields, bytes are hex, 64-bit integers may be strings. */
ProtobufCMessage *codec_json_decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                    struct arena *arena, struct error *error);
/* The same, but an unknown member is an error that lists the known ones. */
ProtobufCMessage *codec_json_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                           struct arena *arena, struct error *error);
/* Writes every field, in ASCII. A message type without fields becomes `null`, for
 * clients that parse every body. */
void codec_json_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

/* Reads a query string: name=value joined by '&', percent-encoded, '+' for a space; a
 * repeated name appends to a repeated field. */
ProtobufCMessage *codec_query_decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                     struct arena *arena, struct error *error);
/* The same, but an unknown name other than `json` is an error that lists the known ones. */
ProtobufCMessage *codec_query_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                            struct arena *arena, struct error *error);
/* The first value of that name, decoded into the arena. Returns false and leaves *value
 * alone if there is none or it is not properly encoded. */
bool codec_query_find(struct span query, const char *name, struct arena *arena, struct span *value);
/* Whether the query contains json, json=1 or json=true. */
bool codec_query_wants_json(struct span query);

/* proto3 binary. */
ProtobufCMessage *codec_protobuf_decode(const ProtobufCMessageDescriptor *descriptor, struct span body,
                                        struct arena *arena, struct error *error);
void codec_protobuf_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

#endif
