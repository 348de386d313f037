#include "sim/rpc/message.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/common.pb-c.h"
#include "sim/base/hex.h"
#include "sim/base/nul_text.h"
#include "sim/base/utf8.h"
#include "sim/rpc/proto_docs.h"

ProtobufCMessage *message_new(const ProtobufCMessageDescriptor *descriptor, struct arena *arena)
{
    ProtobufCMessage *message = arena_zalloc(arena, descriptor->sizeof_message);

    protobuf_c_message_init(descriptor, message);
    return message;
}

bool message_field_is_text(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_STRING || field->type == PROTOBUF_C_TYPE_BYTES;
}

static bool is_signed(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_INT64;
}

static bool is_32_bits(const ProtobufCFieldDescriptor *field)
{
    return field->type == PROTOBUF_C_TYPE_INT32 || field->type == PROTOBUF_C_TYPE_UINT32;
}

bool message_field_is_integer(const ProtobufCFieldDescriptor *field)
{
    return is_signed(field) || field->type == PROTOBUF_C_TYPE_UINT32 || field->type == PROTOBUF_C_TYPE_UINT64;
}

bool message_field_is_oneof(const ProtobufCFieldDescriptor *field)
{
    return (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
}

bool message_field_may_be_null(const ProtobufCFieldDescriptor *field)
{
    return message_field_is_oneof(field) ||
           (field->label != PROTOBUF_C_LABEL_REPEATED && field->descriptor == &dstack__json_text__descriptor);
}

bool message_may_be_null(const ProtobufCMessageDescriptor *descriptor)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (!message_field_may_be_null(&descriptor->fields[i]))
            return false;
    return true;
}

bool message_fits_query(const ProtobufCMessageDescriptor *descriptor)
{
    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (descriptor->fields[i].type == PROTOBUF_C_TYPE_MESSAGE)
            return false;
    return true;
}

const char *message_field_wants(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING:
        return "a string";
    case PROTOBUF_C_TYPE_BYTES:
        return "a string of hex digits";
    case PROTOBUF_C_TYPE_BOOL:
        return "true or false";
    case PROTOBUF_C_TYPE_MESSAGE:
        return "an object";
    default:
        return "a whole number";
    }
}

int message_unknown_field(const ProtobufCMessageDescriptor *descriptor, struct span name, struct error *error)
{
    char names[300] = "";
    size_t len = 0;

    for (unsigned i = 0; i < descriptor->n_fields && len < sizeof names; i++)
        len += (size_t)snprintf(names + len, sizeof names - len, "%s%s", i ? ", " : "",
                                descriptor->fields[i].name);
    return error_quote(error, "unknown field ", name, ": %s%s",
                       len ? "known fields are " : "this method takes no arguments", names);
}

size_t message_value_size(const ProtobufCFieldDescriptor *field)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_BOOL:
        return sizeof(protobuf_c_boolean);
    case PROTOBUF_C_TYPE_INT32:
    case PROTOBUF_C_TYPE_UINT32:
        return sizeof(uint32_t);
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_UINT64:
        return sizeof(uint64_t);
    default:
        return sizeof(void *);
    }
}

/* The array doubles whenever its count is a power of two. */
static void *next_element(const struct message_slot *slot)
{
    uint8_t *base = (uint8_t *)slot->message;
    size_t *count = (size_t *)(void *)(base + slot->field->quantifier_offset);
    uint8_t **array = (uint8_t **)(void *)(base + slot->field->offset);
    size_t size = message_value_size(slot->field);

    if ((*count & (*count - 1)) == 0) {
        uint8_t *grown = arena_alloc(slot->arena, size * (*count ? 2 * *count : 1));
        if (*count)
            memcpy(grown, *array, size * *count);
        *array = grown;
    }
    return *array + size * (*count)++;
}

static void *place_of(const struct message_slot *slot)
{
    uint8_t *base = (uint8_t *)slot->message;

    if (slot->field->label == PROTOBUF_C_LABEL_REPEATED)
        return next_element(slot);
    if (message_field_is_oneof(slot->field)) {
        uint32_t which = slot->field->id;
        memcpy(base + slot->field->quantifier_offset, &which, sizeof which);
    }
    return base + slot->field->offset;
}

static void put(const struct message_slot *slot, const void *value)
{
    memcpy(place_of(slot), value, message_value_size(slot->field));
}

static int wrong_type(const struct message_slot *slot, const char *got)
{
    return error_input(slot->error, "%s must be %s, not %s", slot->field->name,
                       message_field_wants(slot->field), got);
}

static int set_hex(const struct message_slot *slot, struct span text)
{
    ProtobufCBinaryData bytes;

    if (slot->is_exact && text.len > 1 && memcmp(text.data, "0X", 2) == 0)
        return error_input(slot->error, "%s must be hex, which may begin with 0x but not with 0X",
                           slot->field->name);
    if (hex_read(text, slot->field->name, slot->arena, &bytes.data, &bytes.len, slot->error))
        return -1;
    put(slot, &bytes);
    return 0;
}

static bool may_hold_nul(const struct message_slot *slot)
{
    return proto_docs_find(&proto_docs, slot->message->descriptor->name, slot->field->name)->may_hold_nul;
}

/* text_in_arena: the text, or NULL if it has to be copied. */
static int set_text(const struct message_slot *slot, struct span text, const char *text_in_arena)
{
    bool has_nul = text.len && memchr(text.data, 0, text.len);
    const char *kept = text_in_arena;

    if (slot->field->type == PROTOBUF_C_TYPE_BYTES)
        return set_hex(slot, text);
    if (slot->field->type != PROTOBUF_C_TYPE_STRING)
        return wrong_type(slot, "a string");
    if (has_nul && !may_hold_nul(slot))
        return error_input(slot->error, "%s must not contain the character U+0000", slot->field->name);
    if (!utf8_valid(text.data, text.len))
        return error_input(slot->error, "%s must be UTF-8 text", slot->field->name);
    if (has_nul)
        kept = nul_text_store(text, slot->arena);
    else if (!kept)
        kept = arena_copy(slot->arena, text.data, text.len);
    put(slot, &kept);
    return 0;
}

int message_set_text(const struct message_slot *slot, struct span text)
{
    return set_text(slot, text, NULL);
}

int message_set_arena_text(const struct message_slot *slot, struct span text)
{
    return set_text(slot, text, (const char *)text.data);
}

int message_set_bool(const struct message_slot *slot, bool value)
{
    protobuf_c_boolean boolean = value;

    if (slot->field->type != PROTOBUF_C_TYPE_BOOL)
        return wrong_type(slot, "true or false");
    put(slot, &boolean);
    return 0;
}

static int set_integer(const struct message_slot *slot, uint64_t bits)
{
    uint32_t low = (uint32_t)bits;

    put(slot, is_32_bits(slot->field) ? (const void *)&low : (const void *)&bits);
    return 0;
}

static int out_of_range(const struct message_slot *slot)
{
    static const char *const ranges[2][2] = {
        {"0 and 18446744073709551615", "0 and 4294967295"},
        {"-9223372036854775808 and 9223372036854775807", "-2147483648 and 2147483647"},
    };

    return error_input(slot->error, "%s must be between %s", slot->field->name,
                       ranges[is_signed(slot->field)][is_32_bits(slot->field)]);
}

int message_set_unsigned(const struct message_slot *slot, uint64_t value)
{
    uint64_t most = is_32_bits(slot->field) ? UINT32_MAX : UINT64_MAX;

    if (!message_field_is_integer(slot->field))
        return wrong_type(slot, "a number");
    if (is_signed(slot->field))
        most >>= 1;
    return value > most ? out_of_range(slot) : set_integer(slot, value);
}

int message_set_signed(const struct message_slot *slot, int64_t value)
{
    if (value >= 0)
        return message_set_unsigned(slot, (uint64_t)value);
    if (!message_field_is_integer(slot->field))
        return wrong_type(slot, "a number");
    if (!is_signed(slot->field) || (is_32_bits(slot->field) && value < INT32_MIN))
        return out_of_range(slot);
    return set_integer(slot, (uint64_t)value);
}

int message_set_number_text(const struct message_slot *slot, struct span text)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    uint64_t value = 0;

    if (text.len == negative)
        return error_input(slot->error, "%s must be a whole number, not an empty string", slot->field->name);
    for (size_t i = negative; i < text.len; i++) {
        unsigned digit = (unsigned)text.data[i] - '0';
        if (digit > 9)
            return error_input(slot->error, "%s must be a whole number in decimal digits", slot->field->name);
        if (value > (UINT64_MAX - digit) / 10)
            return out_of_range(slot);
        value = value * 10 + digit;
    }
    if (!negative)
        return message_set_unsigned(slot, value);
    if (value > (uint64_t)INT64_MAX + 1)
        return out_of_range(slot);
    return message_set_signed(slot, (int64_t)(0 - value));
}

int message_set_message(const struct message_slot *slot, ProtobufCMessage *value)
{
    put(slot, &value);
    return 0;
}
