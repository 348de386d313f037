#include <jansson.h>
#include <stdlib.h>

#include "proto/common.pb-c.h"
#include "sim/base/json_mistake.h"
#include "sim/base/unconst.h"
#include "sim/base/value_count.h"
#include "sim/format/json_read.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/ignored.h"
#include "sim/rpc/message.h"

static ProtobufCMessage *read_object(const ProtobufCMessageDescriptor *descriptor, const json_t *object,
                                     bool is_exact, struct arena *arena, struct http_ignored *ignored,
                                     struct error *error);

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
    case JSON_REAL:
        return "a number";
    case JSON_TRUE:
    case JSON_FALSE:
        return "true or false";
    default:
        return "null";
    }
}

static int read_string(const struct message_slot *slot, const json_t *value)
{
    struct span text = span_of(json_string_value(value), json_string_length(value));

    return message_field_is_integer(slot->field) ? message_set_number_text(slot, text)
                                                 : message_set_text(slot, text);
}

/* In a message in the body. Of the body's own members, those without a field are not in the object. */
static void note_unknown(const ProtobufCMessageDescriptor *descriptor, const json_t *object,
                         struct http_ignored *ignored)
{
    const char *name;
    json_t *value;

    json_object_foreach(unconst(object), name, value)
    {
        if (!protobuf_c_message_descriptor_get_field_by_name(descriptor, name))
            ignored_add(ignored, descriptor, span_text(name));
    }
}

static int read_message(const struct message_slot *slot, const json_t *value)
{
    ProtobufCMessage *inner;

    note_unknown(slot->field->descriptor, value, slot->ignored);
    inner =
        read_object(slot->field->descriptor, value, slot->is_exact, slot->arena, slot->ignored, slot->error);
    return inner ? message_set_message(slot, inner) : error_context(slot->error, "%s", slot->field->name);
}

/* A JsonText takes any value and stores it as text. */
static int read_text(const struct message_slot *slot, const json_t *value)
{
    const ProtobufCMessageDescriptor *descriptor = slot->field->descriptor;
    struct message_slot inner = {message_new(descriptor, slot->arena),
                                 descriptor->fields,
                                 slot->arena,
                                 slot->error,
                                 slot->ignored,
                                 slot->is_exact};
    char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct span text =
        dumped ? span_text(dumped) : span_of(json_string_value(value), json_string_length(value));
    int result = message_set_text(&inner, text);

    free(dumped);
    return result ? error_context(slot->error, "%s", slot->field->name)
                  : message_set_message(slot, inner.message);
}

static int read_value(const struct message_slot *slot, const json_t *value)
{
    const ProtobufCFieldDescriptor *field = slot->field;

    if (field->descriptor == &dstack__json_text__descriptor)
        return read_text(slot, value);

    if (json_is_string(value) &&
        (message_field_is_text(field) || (message_field_is_integer(field) && !slot->is_exact)))
        return read_string(slot, value);
    if (json_is_integer(value) && message_field_is_integer(field))
        return message_set_signed(slot, json_integer_value(value));
    if (json_is_boolean(value) && field->type == PROTOBUF_C_TYPE_BOOL)
        return message_set_bool(slot, json_is_true(value));
    if (json_is_object(value) && field->type == PROTOBUF_C_TYPE_MESSAGE)
        return read_message(slot, value);
    return error_input(slot->error, "%s must be %s, not %s", field->name, message_field_wants(field),
                       json_is_real(value) ? "a number with a fraction or exponent" : type_name(value));
}

static int read_array(const struct message_slot *slot, const json_t *array)
{
    if (!json_is_array(array))
        return error_input(slot->error, "%s must be an array, each element %s, not %s", slot->field->name,
                           message_field_wants(slot->field), type_name(array));
    for (size_t i = 0; i < json_array_size(array); i++)
        if (read_value(slot, json_array_get(array, i)))
            return error_context(slot->error, "element %zu", i + 1);
    return 0;
}

static int read_member(const struct message_slot *slot, const json_t *value)
{
    if (slot->field->label == PROTOBUF_C_LABEL_REPEATED)
        return read_array(slot, value);
    if (json_is_null(value) && message_field_may_be_null(slot->field))
        return 0;
    return read_value(slot, value);
}

static ProtobufCMessage *read_object(const ProtobufCMessageDescriptor *descriptor, const json_t *object,
                                     bool is_exact, struct arena *arena, struct http_ignored *ignored,
                                     struct error *error)
{
    struct message_slot slot = {message_new(descriptor, arena), NULL, arena, error, ignored, is_exact};

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        const json_t *value = json_object_get(object, descriptor->fields[i].name);
        slot.field = &descriptor->fields[i];
        if (value && read_member(&slot, value))
            return NULL;
    }
    return slot.message;
}

/* Where it is a mistake that people make, in words that say which. */
static void explain(struct span text, const json_error_t *reason, struct error *error)
{
    struct json_mistake mistake;

    if (reason->position == JSON_READ_TOO_MANY)
        error_input(error, "the body has more than %u values", VALUE_COUNT_MAX);
    else if (json_mistake_find(text, (size_t)reason->position, &mistake))
        error_input(error, "the body is not valid JSON: %s (line %d, column %d)", mistake.sentence,
                    mistake.line, mistake.column);
    else
        error_quote(error, "the body is not valid JSON: ", span_text(reason->text), " (line %d, column %d)",
                    reason->line, reason->column);
}

/* --- the body --- */

struct body {
    const ProtobufCMessageDescriptor *descriptor;
    enum codec_rigour rigour;
    struct http_ignored *ignored;
    struct error *error;
    bool *is_refused; /* for a member without a field, which the error names */
};

static void take_unknown(const struct body *body, struct span name)
{
    if (body->rigour == CODEC_LENIENT)
        ignored_add(body->ignored, body->descriptor, name);
    else if (!*body->is_refused)
        *body->is_refused = message_unknown_field(body->descriptor, name, body->error) != 0;
}

/* Of what has no field only the name is of use, and a JsonText is text anyway. */
static enum json_read_form form_of(const void *context, struct span name)
{
    const struct body *body = context;
    const ProtobufCMessageDescriptor *descriptor = body->descriptor;

    for (unsigned i = 0; i < descriptor->n_fields; i++)
        if (span_is(name, descriptor->fields[i].name))
            return descriptor->fields[i].descriptor == &dstack__json_text__descriptor &&
                           descriptor->fields[i].label != PROTOBUF_C_LABEL_REPEATED
                       ? JSON_READ_TEXT
                       : JSON_READ_TREE;
    take_unknown(body, name);
    return JSON_READ_OMITTED;
}

/* That a body is malformed is all that is said of it. U+0000 is left to the setters, whose error names the
 * field. */
static json_t *read_body(const struct body *body, struct span text)
{
    const struct json_read_plan plan = {.form = form_of, .context = body, .depth = 1};
    const size_t count = body->ignored->count, named = body->ignored->named;
    json_error_t reason;
    json_t *root = json_read(text, true, &plan, &reason);

    if (root)
        return root;
    body->ignored->count = count;
    body->ignored->named = named;
    error_clear(body->error);
    explain(text, &reason, body->error);
    return NULL;
}

static ProtobufCMessage *decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                enum codec_rigour rigour, struct arena *arena, struct http_ignored *ignored,
                                struct error *error)
{
    bool is_refused = false;
    const struct body body = {descriptor, rigour, ignored, error, &is_refused};
    ProtobufCMessage *message = NULL;
    json_t *root;

    if (text.len == 0)
        return message_new(descriptor, arena);
    root = read_body(&body, text);
    if (!root || is_refused) {
        json_decref(root);
        return NULL;
    }
    if (json_is_null(root) && message_may_be_null(descriptor))
        message = message_new(descriptor, arena);
    else if (!json_is_object(root))
        error_input(error, "the body must be a JSON object, not %s", type_name(root));
    else
        message = read_object(descriptor, root, rigour == CODEC_EXACT, arena, ignored, error);
    json_decref(root);
    return message;
}

ProtobufCMessage *codec_json_decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                    struct arena *arena, struct http_ignored *ignored, struct error *error)
{
    return decode(descriptor, text, CODEC_LENIENT, arena, ignored, error);
}

ProtobufCMessage *codec_json_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                           struct arena *arena, struct http_ignored *ignored,
                                           struct error *error)
{
    return decode(descriptor, text, CODEC_STRICT, arena, ignored, error);
}

ProtobufCMessage *codec_json_decode_exact(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                          struct arena *arena, struct http_ignored *ignored,
                                          struct error *error)
{
    return decode(descriptor, text, CODEC_EXACT, arena, ignored, error);
}
