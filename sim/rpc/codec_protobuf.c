#include "sim/base/cursor.h"
#include "sim/base/utf8.h"
#include "sim/base/value_count.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/message.h"

static void *arena_hook_alloc(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void arena_hook_free(void *arena, void *memory)
{
}

/* --- strings on the wire ---
 * proto3 requires UTF-8, which protobuf-c does not check; nor does it keep string
 * lengths, so that a U+0000 truncates a string: it is set again, or refused. */

#define VARINT_BYTES_MAX 10 /* for 64 bits */
#define FIELD_NUMBER_MAX ((1u << 29) - 1)

enum wire_type { WIRE_VARINT = 0, WIRE_64_BITS = 1, WIRE_LENGTH = 2, WIRE_32_BITS = 5 };

/* Takes the value after a tag off the front. Out: *value, its bytes, except for a varint. */
static bool read_value(struct span *from, unsigned type, struct span *value)
{
    uint64_t len = type == WIRE_64_BITS ? 8 : type == WIRE_32_BITS ? 4 : 0;
    uint64_t ignored;

    if (type == WIRE_VARINT)
        return cursor_take_varint(from, VARINT_BYTES_MAX, &ignored);
    if (type == WIRE_LENGTH ? !cursor_take_varint(from, VARINT_BYTES_MAX, &len) : len == 0)
        return false;
    if (len > from->len)
        return false;
    *value = span_of(from->data, (size_t)len);
    *from = span_of(from->data + len, from->len - (size_t)len);
    return true;
}

struct fields {
    ProtobufCMessage *message; /* NULL inside another message, where U+0000 is always refused */
    struct arena *arena;
    struct http_ignored *ignored;
    struct error *error;
    bool has_nul; /* from here on, strings are set again, so that the last one counts */
};

static int check_string(struct fields *fields, const ProtobufCFieldDescriptor *field, struct span value)
{
    const struct message_slot slot = {fields->message, field,           fields->arena,
                                      fields->error,   fields->ignored, false};
    bool is_settable = fields->message && field->label != PROTOBUF_C_LABEL_REPEATED;

    if (value.len && memchr(value.data, 0, value.len)) {
        if (!is_settable)
            return error_input(fields->error, "%s must not contain the character U+0000", field->name);
        fields->has_nul = true;
    }
    if (fields->has_nul && is_settable)
        return message_set_text(&slot, value);
    if (!utf8_valid(value.data, value.len))
        return error_input(fields->error, "%s must be UTF-8 text", field->name);
    return 0;
}

static int check_fields(struct fields *fields, const ProtobufCMessageDescriptor *descriptor,
                        struct span body);

static int check_value(struct fields *fields, const ProtobufCFieldDescriptor *field, struct span value)
{
    struct fields inner = {.message = NULL, .ignored = fields->ignored, .error = fields->error};

    if (field->type == PROTOBUF_C_TYPE_STRING)
        return check_string(fields, field, value);
    if (field->type == PROTOBUF_C_TYPE_MESSAGE && check_fields(&inner, field->descriptor, value))
        return error_context(fields->error, "%s", field->name);
    return 0;
}

/* protobuf-c takes others too, at least when their tags are longer than need be. */
static int check_number(uint64_t number, struct error *error)
{
    if (number >= 1 && number <= FIELD_NUMBER_MAX)
        return 0;
    return error_input(error, "a field has the number %llu, but must have one from 1 to %u",
                       (unsigned long long)number, FIELD_NUMBER_MAX);
}

/* The body has already been unpacked, so it is well-formed and nested no deeper than
 * its descriptor. */
static int check_fields(struct fields *fields, const ProtobufCMessageDescriptor *descriptor, struct span body)
{
    struct span value = SPAN_NONE;
    uint64_t tag;

    while (cursor_take_varint(&body, VARINT_BYTES_MAX, &tag)) {
        const ProtobufCFieldDescriptor *field =
            protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3));

        if (check_number(tag >> 3, fields->error))
            return -1;
        if (!read_value(&body, tag & 7, &value))
            break;
        if (!field)
            fields->ignored->count++;
        else if ((tag & 7) == WIRE_LENGTH && check_value(fields, field, value))
            return -1;
    }
    return 0;
}

/* Counts the fields of a message and of those in it, which are at most as deep as their schema. */
static bool count_fields(const ProtobufCMessageDescriptor *descriptor, struct span body, size_t *count)
{
    struct span value;
    uint64_t tag;

    while (cursor_take_varint(&body, VARINT_BYTES_MAX, &tag) && read_value(&body, tag & 7, &value)) {
        const ProtobufCFieldDescriptor *field =
            tag >> 3 <= UINT32_MAX ? protobuf_c_message_descriptor_get_field(descriptor, (unsigned)(tag >> 3))
                                   : NULL;

        if (++*count > VALUE_COUNT_MAX)
            return false;
        if (field && field->type == PROTOBUF_C_TYPE_MESSAGE && (tag & 7) == WIRE_LENGTH &&
            !count_fields(field->descriptor, value, count))
            return false;
    }
    return true;
}

ProtobufCMessage *codec_protobuf_decode(const ProtobufCMessageDescriptor *descriptor, struct span body,
                                        struct arena *arena, struct http_ignored *ignored,
                                        struct error *error)
{
    ProtobufCAllocator hooks = {.alloc = arena_hook_alloc, .free = arena_hook_free, .allocator_data = arena};
    struct fields fields = {.arena = arena, .ignored = ignored, .error = error};
    ProtobufCMessage *message;
    size_t count = 0;

    if (!count_fields(descriptor, body, &count)) {
        error_input(error, "the body has more than %u fields", VALUE_COUNT_MAX);
        return NULL;
    }
    message = protobuf_c_message_unpack(descriptor, &hooks, body.len, body.data);
    if (!message) {
        error_input(
            error,
            "the body is not a protobuf message of type %s; to send JSON, set Content-Type: application/json",
            descriptor->short_name);
        return NULL;
    }
    fields.message = message;
    return check_fields(&fields, descriptor, body) ? NULL : message;
}

void codec_protobuf_encode(const struct rpc_call *call, const ProtobufCMessage *message, struct buf *out)
{
    size_t size = protobuf_c_message_get_packed_size(message);
    uint8_t *room = buf_reserve(out, size);

    if (room)
        out->len += protobuf_c_message_pack(message, room);
}
