#include "sim/rpc/codec.h"
#include "sim/rpc/message.h"
#include "sim/rpc/percent.h"

/* Percent-decodes into the arena. Returns -1 for a '%' without two hex digits. */
static int unescape(struct span text, struct arena *arena, struct span *out)
{
    uint8_t *to = arena_alloc(arena, text.len + 1);
    size_t len = 0;

    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int escaped = percent_read(text, i);

            if (escaped < 0)
                return -1;
            c = (uint8_t)escaped;
            i += PERCENT_CHARS - 1;
        }
        to[len++] = c;
    }
    to[len] = '\0';
    *out = span_of(to, len);
    return 0;
}

/* Takes the next name=value off the front of *rest. */
static bool next_pair(struct span *rest, struct span *name, struct span *value)
{
    const uint8_t *end, *equals;
    size_t len;

    if (rest->len == 0)
        return false;
    end = memchr(rest->data, '&', rest->len);
    len = end ? (size_t)(end - rest->data) : rest->len;
    equals = len ? memchr(rest->data, '=', len) : NULL;
    *name = span_of(rest->data, equals ? (size_t)(equals - rest->data) : len);
    *value = equals ? span_of(equals + 1, len - name->len - 1) : span_of(NULL, 0);
    rest->data += end ? len + 1 : len;
    rest->len -= end ? len + 1 : len;
    return true;
}

static int set_bool(const struct message_slot *slot, struct span text)
{
    bool yes = span_is(text, "true") || span_is(text, "1");

    if (!yes && !span_is(text, "false") && !span_is(text, "0"))
        return error_input(slot->error, "%s must be true, false, 1 or 0", slot->field->name);
    return message_set_bool(slot, yes);
}

static int set_field(const struct message_slot *slot, struct span text)
{
    if (message_field_is_text(slot->field))
        return message_set_text(slot, text);
    if (message_field_is_integer(slot->field))
        return message_set_number_text(slot, text);
    if (slot->field->type == PROTOBUF_C_TYPE_BOOL)
        return set_bool(slot, text);
    return error_input(slot->error, "%s cannot be given in a query string; send a JSON body",
                       slot->field->name);
}

static int set_pair(struct message_slot *slot, struct span name, struct span value, bool strict)
{
    const ProtobufCMessageDescriptor *descriptor = slot->message->descriptor;
    struct span plain_name, plain_value;

    if (unescape(name, slot->arena, &plain_name) || unescape(value, slot->arena, &plain_value))
        return error_input(slot->error, "the query string has a '%%' that is not followed by two hex digits");
    /* The look-up would stop at a NUL, but no field name contains one. */
    slot->field =
        memchr(plain_name.data, 0, plain_name.len)
            ? NULL
            : protobuf_c_message_descriptor_get_field_by_name(descriptor, (const char *)plain_name.data);
    if (slot->field)
        return set_field(slot, plain_value);
    if (!strict || plain_name.len == 0 || span_is(plain_name, "json"))
        return 0;
    return message_unknown_field(descriptor, plain_name, slot->error);
}

static ProtobufCMessage *decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                struct arena *arena, struct error *error, bool strict)
{
    struct message_slot slot = {message_new(descriptor, arena), NULL, arena, error};
    struct span name, value;

    while (next_pair(&query, &name, &value))
        if (set_pair(&slot, name, value, strict))
            return NULL;
    return slot.message;
}

ProtobufCMessage *codec_query_decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                     struct arena *arena, struct error *error)
{
    return decode(descriptor, query, arena, error, false);
}

ProtobufCMessage *codec_query_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                            struct arena *arena, struct error *error)
{
    return decode(descriptor, query, arena, error, true);
}

bool codec_query_find(struct span query, const char *name, struct arena *arena, struct span *value)
{
    struct span found, encoded;

    while (next_pair(&query, &found, &encoded))
        if (span_is(found, name))
            return unescape(encoded, arena, value) == 0;
    return false;
}

bool codec_query_wants_json(struct span query)
{
    struct span name, value;

    while (next_pair(&query, &name, &value))
        if (span_is(name, "json"))
            return value.len == 0 || span_is(value, "1") || span_is(value, "true");
    return false;
}
