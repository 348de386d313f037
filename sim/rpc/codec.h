/* Messages on the wire, by their descriptors: no field is named here.
 *
 * Decoders return the message (in the arena) or NULL with *error set. Encoders
 * cannot fail; what does not fit the buffer's limit shows as its overflow. */
#ifndef RPC_CODEC_H
#define RPC_CODEC_H

#include "sim/rpc/call.h"

/* A small body can hold millions of empty values, each of which would take memory: so
 * many fields or JSON values a request may have, known or not. */
#define CODEC_VALUES_MAX (1u << 17)

/* A JSON object; empty text is one without members. Unknown members are ignored,
 * null stands for an absent optional field alone, bytes are hex, 64-bit integers
 * may be strings. */
ProtobufCMessage *codec_json_decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                    struct arena *arena, struct error *error);
/* The same, but an unknown member is an error that lists the known ones. */
ProtobufCMessage *codec_json_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                           struct arena *arena, struct error *error);
/* Every field is written, ASCII only. A message type without fields is `null`,
 * which clients that parse every body can read. */
void codec_json_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

/* A query string: name=value joined by '&', percent-encoded, '+' for a space; a
 * repeated name appends to a repeated field. */
ProtobufCMessage *codec_query_decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                     struct arena *arena, struct error *error);
/* The same, but an unknown name is an error that lists the known ones; `json` is known. */
ProtobufCMessage *codec_query_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                            struct arena *arena, struct error *error);
/* The first value of that name, decoded into the arena. False when there is none
 * or it is not properly encoded; *value is then as it was. */
bool codec_query_find(struct span query, const char *name, struct arena *arena, struct span *value);
/* Does the query say json, json=1 or json=true? */
bool codec_query_wants_json(struct span query);

/* proto3 binary. */
ProtobufCMessage *codec_protobuf_decode(const ProtobufCMessageDescriptor *descriptor, struct span body,
                                        struct arena *arena, struct error *error);
void codec_protobuf_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out);

#endif
