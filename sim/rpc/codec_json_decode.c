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

/* A member of the body that has a field. Nearly all are texts: to make jansson's values of them first would take
 * most of the time for a small body. */
struct member {
    bool is_there;
    enum { NOT_TEXT, IN_BODY, IN_ARENA } place;
    struct span text;
};

static int read_fields(struct message_slot *slot, const json_t *object, const struct member *members);

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
    struct message_slot inner = *slot;

    note_unknown(slot->field->descriptor, value, slot->ignored);
    inner.message = message_new(slot->field->descriptor, slot->arena);
    return read_fields(&inner, value, NULL) ? error_context(slot->error, "%s", slot->field->name)
                                            : message_set_message(slot, inner.message);
}

/* A JsonText takes any value and stores it as text. */
static int read_text(const struct message_slot *slot, const json_t *value)
{
    const ProtobufCMessageDescriptor *descriptor = slot->field->descriptor;
    struct message_slot inner = *slot;
    char *dumped = json_is_string(value) ? NULL : json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    struct span text =
        dumped ? span_text(dumped) : span_of(json_string_value(value), json_string_length(value));
    int result;

    inner.message = message_new(descriptor, slot->arena);
    inner.field = descriptor->fields;
    result = message_set_text(&inner, text);
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

static int read_field(const struct message_slot *slot, const json_t *object, const struct member *member)
{
    const json_t *value;

    if (member && !member->is_there)
        return 0;
    if (member && member->place != NOT_TEXT)
        return member->place == IN_BODY ? message_set_text(slot, member->text)
                                        : message_set_arena_text(slot, member->text);
    value = json_object_get(object, slot->field->name);
    return value ? read_member(slot, value) : 0;
}

/* Sets the fields of the slot's message, all of which are at their defaults. members: NULL, or which of them the
 * object has, or would have if they were not texts. */
static int read_fields(struct message_slot *slot, const json_t *object, const struct member *members)
{
    const ProtobufCMessageDescriptor *descriptor = slot->message->descriptor;

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        slot->field = &descriptor->fields[i];
        if (read_field(slot, object, members ? &members[i] : NULL))
            return -1;
    }
    return 0;
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

/* What is found while it is read. */
struct found {
    struct span text; /* the body */
    struct arena *arena;
    struct member *members; /* one for each field */
    struct member *last;    /* the one whose value is read */
    bool is_refused;        /* for a member without a field, which the error names */
};

struct body {
    const ProtobufCMessageDescriptor *descriptor;
    enum codec_rigour rigour;
    struct http_ignored *ignored;
    struct error *error;
    struct found *found;
};

static void take_unknown(const struct body *body, struct span name)
{
    if (body->rigour == CODEC_LENIENT)
        ignored_add(body->ignored, body->descriptor, name);
    else if (!body->found->is_refused)
        body->found->is_refused = message_unknown_field(body->descriptor, name, body->error) != 0;
}

static enum json_read_form form_of_field(const ProtobufCFieldDescriptor *field)
{
    if (field->label == PROTOBUF_C_LABEL_REPEATED)
        return JSON_READ_TREE;
    if (field->descriptor == &dstack__json_text__descriptor)
        return JSON_READ_TEXT; /* it is text anyway */
    return message_field_is_text(field) ? JSON_READ_GIVEN : JSON_READ_TREE;
}

/* Of what has no field only the name is of use. */
static enum json_read_form form_of(const void *context, struct span name)
{
    const struct body *body = context;
    const ProtobufCMessageDescriptor *descriptor = body->descriptor;

    for (unsigned i = 0; i < descriptor->n_fields; i++) {
        struct member *member = &body->found->members[i];

        if (!span_is(name, descriptor->fields[i].name))
            continue;
        if (member->is_there)
            return JSON_READ_TWICE;
        member->is_there = true;
        body->found->last = member;
        return form_of_field(&descriptor->fields[i]);
    }
    take_unknown(body, name);
    return JSON_READ_OMITTED;
}

static bool is_in(struct span text, struct span whole)
{
    return (uintptr_t)text.data - (uintptr_t)whole.data < whole.len;
}

static void take_text(void *taker, struct span text)
{
    const struct found *found = taker;

    found->last->place = is_in(text, found->text) ? IN_BODY : IN_ARENA;
    if (found->last->place == IN_ARENA) /* it had escapes */
        text.data = (const uint8_t *)arena_copy(found->arena, text.data, text.len);
    found->last->text = text;
}

/* That a body is malformed is all that is said of it. U+0000 is left to the setters, whose error names the
 * field. */
static json_t *read_body(const struct body *body)
{
    const struct json_read_plan plan = {
        .form = form_of, .context = body, .depth = 1, .take_text = take_text, .taker = body->found};
    const size_t count = body->ignored->count, named = body->ignored->named;
    json_error_t reason;
    json_t *root = json_read(body->found->text, true, &plan, &reason);

    if (root)
        return root;
    body->ignored->count = count;
    body->ignored->named = named;
    error_clear(body->error);
    explain(body->found->text, &reason, body->error);
    return NULL;
}

static ProtobufCMessage *read_root(const struct body *body, const json_t *root)
{
    struct arena *arena = body->found->arena;
    struct message_slot slot = {.arena = arena,
                                .error = body->error,
                                .ignored = body->ignored,
                                .is_exact = body->rigour == CODEC_EXACT};

    if (!json_is_object(root) && !(json_is_null(root) && message_may_be_null(body->descriptor))) {
        error_input(body->error, "the body must be a JSON object, not %s", type_name(root));
        return NULL;
    }
    slot.message = message_new(body->descriptor, arena);
    return read_fields(&slot, root, body->found->members) ? NULL : slot.message;
}

static ProtobufCMessage *decode(const ProtobufCMessageDescriptor *descriptor, struct span text,
                                enum codec_rigour rigour, struct arena *arena, struct http_ignored *ignored,
                                struct error *error)
{
    struct found found = {.text = text, .arena = arena};
    const struct body body = {descriptor, rigour, ignored, error, &found};
    ProtobufCMessage *message = NULL;
    json_t *root;

    if (text.len == 0)
        return message_new(descriptor, arena);
    found.members = arena_zalloc(arena, descriptor->n_fields * sizeof *found.members);
    root = read_body(&body);
    if (root && !found.is_refused)
        message = read_root(&body, root);
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
