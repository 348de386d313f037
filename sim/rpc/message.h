/* Building a message field by field from its descriptor, for the JSON and query
 * decoders.
 *
 * All memory comes from the arena. The setters report in *error, naming the
 * field, and return 0 or -1. Setting a repeated field appends to it. */
#ifndef RPC_MESSAGE_H
#define RPC_MESSAGE_H

#include <protobuf-c/protobuf-c.h>

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/http/http_remarks.h"

/* A message with all fields at their defaults. */
ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *descriptor, struct arena *arena);

/* The destination of one value. */
struct message_slot {
    ProtobufCMessage *message;
    const ProtobufCFieldDescriptor *field;
    struct arena *arena;
    struct error *error;
    struct http_ignored *ignored; /* collects what the message has no field for */
    bool is_exact;                /* CODEC_EXACT of codec.h, which also refuses 0X before hex */
};

/* Text for a string field (as it is) or a bytes field (hex, optionally with 0x). A field may hold
 * U+0000 if its comment in sim/proto says so; handlers read it with nul_text_load. */
MUST_CHECK int message_set_text(const struct message_slot *slot, struct span text);
/* The same for text that lies in the slot's arena, with a NUL after it, and is not copied again. */
MUST_CHECK int message_set_arena_text(const struct message_slot *slot, struct span text);
MUST_CHECK int message_set_bool(const struct message_slot *slot, bool value);
/* Checked against the range of the field's type. */
MUST_CHECK int message_set_unsigned(const struct message_slot *slot, uint64_t value);
MUST_CHECK int message_set_signed(const struct message_slot *slot, int64_t value);
/* A decimal number in text. */
MUST_CHECK int message_set_number_text(const struct message_slot *slot, struct span text);
MUST_CHECK int message_set_message(const struct message_slot *slot, ProtobufCMessage *value);

bool message_field_is_text(const ProtobufCFieldDescriptor *field);    /* string or bytes */
bool message_field_is_integer(const ProtobufCFieldDescriptor *field); /* 32 or 64 bits */
bool message_field_is_oneof(const ProtobufCFieldDescriptor *field);

/* Whether JSON may have null for the field, which leaves it out. */
bool message_field_may_be_null(const ProtobufCFieldDescriptor *field);

/* Whether null may stand for the whole message: each of its fields may be null, or it has none. */
bool message_may_be_null(const ProtobufCMessageDescriptor *descriptor);

/* Whether a query string can hold all fields, that is, none of them is a message. */
bool message_fits_query(const ProtobufCMessageDescriptor *descriptor);

/* The size of one value of the field in its message struct or array. */
size_t message_value_size(const ProtobufCFieldDescriptor *field);

/* An error for an unknown field name; lists the known ones. */
MUST_CHECK int message_unknown_field(const ProtobufCMessageDescriptor *descriptor, struct span name,
                                     struct error *error);

/* What the field expects, for errors: "a string", "a string of hex digits",
 * "true or false", "a whole number", "an object". */
const char *message_field_wants(const ProtobufCFieldDescriptor *field);

#endif
