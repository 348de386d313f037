/* JSON Schema (2020-12, as OpenAPI 3.1 has it) of messages, from their descriptors and from
 * what the comments in sim/proto say of them. It describes what the codecs of codec.h read
 * and write, which is not the same: a request may leave out what it does not need, write
 * bytes in capitals and numbers as texts; a response has every field, in one form.
 *
 * openapi.c alone uses it. */
#ifndef RPC_OPENAPI_SCHEMA_H
#define RPC_OPENAPI_SCHEMA_H

#include <protobuf-c/protobuf-c.h>

#include "sim/base/buf.h"
#include "sim/rpc/proto_docs.h"

enum openapi_place {
    OPENAPI_REQUEST,  /* JSON that codec_json_decode reads */
    OPENAPI_RESPONSE, /* JSON that codec_json_encode writes */
    OPENAPI_QUERY,    /* a value that codec_query_decode reads */
};

struct openapi_schema_row {
    const ProtobufCMessageDescriptor *message;
    enum openapi_place place; /* OPENAPI_REQUEST or OPENAPI_RESPONSE */
};

/* The types of message a document names, each once for each place. All zero but for docs
 * at first; to be freed. */
struct openapi_schemas {
    const struct proto_docs *docs;
    struct openapi_schema_row *rows;
    size_t count;
    size_t capacity;
};

void openapi_schema_free(struct openapi_schemas *schemas);

/* Adds a message and all that are in it. One without fields needs no name and is not added. */
void openapi_schema_add(struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                        enum openapi_place place);

/* {"GetKeyArgs":{...},...}: one member for each that was added. A message in both places is
 * a schema of its name as a response, and one with "Input" behind it as a request. */
void openapi_schema_write(const struct openapi_schemas *schemas, struct buf *out);

/* The schema of a whole body: a reference to one of the above, once all are added. */
void openapi_schema_body(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                         enum openapi_place place, struct buf *out);

/* The schema of a field, without its description. */
void openapi_schema_field(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                          const ProtobufCFieldDescriptor *field, enum openapi_place place, struct buf *out);

/* A request made of the examples that its fields have. */
void openapi_schema_example(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                            struct buf *out);

/* Whether a request must have one field at least. */
bool openapi_schema_is_required(const struct openapi_schemas *schemas,
                                const ProtobufCMessageDescriptor *message);

#endif
