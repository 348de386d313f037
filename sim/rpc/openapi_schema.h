/* JSON Schemas (2020-12, as in OpenAPI 3.1) of messages, from their descriptors and the
 * comments in sim/proto. They describe what the codecs of codec.h read and write, which
 * differs: a request may omit fields, write hex in upper case and numbers as strings, unless it
 * is read exactly; a response has every field, in one form.
 *
 * Only openapi.c uses it. */
#ifndef RPC_OPENAPI_SCHEMA_H
#define RPC_OPENAPI_SCHEMA_H

#include <protobuf-c/protobuf-c.h>

#include "sim/base/buf.h"
#include "sim/rpc/proto_docs.h"

enum openapi_place {
    OPENAPI_REQUEST,       /* JSON that codec_json_decode reads */
    OPENAPI_EXACT_REQUEST, /* JSON that codec_json_decode_exact reads */
    OPENAPI_RESPONSE,      /* JSON that codec_json_encode writes */
    OPENAPI_QUERY,         /* a value that codec_query_decode reads */
    OPENAPI_EXACT_QUERY,   /* a value that codec_query_decode_exact reads */
};

struct openapi_schema_row {
    const ProtobufCMessageDescriptor *message;
    enum openapi_place place; /* not a query */
};

/* The message types that a document names, each once per place. Initially all zero except
 * docs; free it with openapi_schema_free. */
struct openapi_schemas {
    const struct proto_docs *docs;
    struct openapi_schema_row *rows;
    size_t count;
    size_t capacity;
};

void openapi_schema_free(struct openapi_schemas *schemas);

/* Adds a message and all nested ones. A message without fields needs no schema and is not added. */
void openapi_schema_add(struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                        enum openapi_place place);

/* {"GetKeyArgs":{...},...}: one member per message added. If a message was added for both
 * places, its request schema has "Input" appended to its name, or "ExactInput" beside that. */
void openapi_schema_write(const struct openapi_schemas *schemas, struct buf *out);

/* The schema of a whole body: a reference to one of the above, or null where a request may be
 * that. Add all messages first. */
void openapi_schema_body(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                         enum openapi_place place, struct buf *out);

/* The schema of a field, without its description. */
void openapi_schema_field(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                          const ProtobufCFieldDescriptor *field, enum openapi_place place, struct buf *out);

/* A request made from the examples of its fields. */
void openapi_schema_example(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                            struct buf *out);

/* Whether a request must have at least one field. */
bool openapi_schema_is_required(const struct openapi_schemas *schemas,
                                const ProtobufCMessageDescriptor *message);

#endif
