#include <stdio.h>

#include "sim/rpc/codec.h"
#include "sim/rpc/ignored.h"
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
    const char *expected = slot->is_exact ? "true or false" : "true, false, 1 or 0";
    bool yes = span_is(text, "true") || (span_is(text, "1") && !slot->is_exact);

    if (!yes && !span_is(text, "false") && (!span_is(text, "0") || slot->is_exact))
        return error_input(slot->error, "%s must be %s", slot->field->name, expected);
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

/* --- names --- */

/* A query string being read. */
struct reader {
    struct message_slot slot;
    enum codec_rigour rigour;
    unsigned *counts; /* of the values of each field so far */
};

/* A name as it is written: "alt_names", or "alt_names[]" or "alt_names[0]". */
struct query_name {
    struct span plain;   /* decoded, without brackets; NUL-terminated */
    struct span between; /* the brackets */
    bool has_brackets;
};

/* Brackets count only if they are not escaped, as for the real agent. */
static int read_name(struct span text, struct arena *arena, struct query_name *name)
{
    const uint8_t *open =
        text.len && text.data[text.len - 1] == ']' ? memchr(text.data, '[', text.len) : NULL;
    size_t len = open ? (size_t)(open - text.data) : text.len;

    name->has_brackets = open != NULL;
    name->between = open ? span_of(open + 1, text.len - len - 2) : SPAN_NONE;
    return unescape(span_of(text.data, len), arena, &name->plain);
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *descriptor,
                                                  const struct query_name *name)
{
    const ProtobufCFieldDescriptor *field;

    /* The look-up would stop at a NUL, but no field name contains one. */
    if (memchr(name->plain.data, 0, name->plain.len))
        return NULL;
    field = protobuf_c_message_descriptor_get_field_by_name(descriptor, (const char *)name->plain.data);
    return field && name->has_brackets && field->label != PROTOBUF_C_LABEL_REPEATED ? NULL : field;
}

/* Checks the number between the brackets: elements come in their order. */
static int check_index(const struct message_slot *slot, struct span between, unsigned count)
{
    char expected[12];

    snprintf(expected, sizeof expected, "%u", count);
    if (between.len == 0 || span_is(between, expected))
        return 0;
    return error_input(slot->error, "%s[...] must be numbered 0, 1, 2 in this order, or be written %s[]",
                       slot->field->name, slot->field->name);
}

/* Checks what may come again, and how. */
static int check_name(struct reader *reader, const struct query_name *name)
{
    const struct message_slot *slot = &reader->slot;
    const bool is_repeated = slot->field->label == PROTOBUF_C_LABEL_REPEATED;
    unsigned count = reader->counts[slot->field - slot->message->descriptor->fields]++;

    if (name->has_brackets)
        return check_index(slot, name->between, count);
    if (reader->rigour != CODEC_EXACT)
        return 0;
    if (is_repeated)
        return error_input(slot->error,
                           "%s is a list, whose elements are given as %s[]=... in a query string",
                           slot->field->name, slot->field->name);
    return count ? error_input(slot->error, "%s must not be given twice", slot->field->name) : 0;
}

/* What has no '=' may be a value rather than a name, and is only counted. */
static void ignore(const struct message_slot *slot, struct span name, bool is_name)
{
    if (is_name)
        ignored_add(slot->ignored, slot->message->descriptor, name);
    else
        slot->ignored->count++;
}

static int set_pair(struct reader *reader, struct span name, struct span value)
{
    struct message_slot *slot = &reader->slot;
    const ProtobufCMessageDescriptor *descriptor = slot->message->descriptor;
    struct query_name parts;
    struct span plain_value;

    if (read_name(name, slot->arena, &parts) || unescape(value, slot->arena, &plain_value))
        return error_input(slot->error, "the query string has a '%%' that is not followed by two hex digits");
    slot->field = find_field(descriptor, &parts);
    if (slot->field)
        return check_name(reader, &parts) ? -1 : set_field(slot, plain_value);
    if (parts.plain.len == 0 || span_is(parts.plain, "json"))
        return 0;
    if (reader->rigour != CODEC_LENIENT)
        return message_unknown_field(descriptor, parts.plain, slot->error);
    ignore(slot, parts.plain, value.data != NULL);
    return 0;
}

static ProtobufCMessage *decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                enum codec_rigour rigour, struct arena *arena, struct http_ignored *ignored,
                                struct error *error)
{
    struct reader reader = {
        .slot = {message_new(descriptor, arena), NULL, arena, error, ignored, rigour == CODEC_EXACT},
        .rigour = rigour,
        .counts = arena_zalloc(arena, (descriptor->n_fields + 1) * sizeof *reader.counts),
    };
    struct span name, value;

    while (next_pair(&query, &name, &value))
        if (set_pair(&reader, name, value))
            return NULL;
    return reader.slot.message;
}

ProtobufCMessage *codec_query_decode(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                     struct arena *arena, struct http_ignored *ignored, struct error *error)
{
    return decode(descriptor, query, CODEC_LENIENT, arena, ignored, error);
}

ProtobufCMessage *codec_query_decode_strict(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                            struct arena *arena, struct http_ignored *ignored,
                                            struct error *error)
{
    return decode(descriptor, query, CODEC_STRICT, arena, ignored, error);
}

ProtobufCMessage *codec_query_decode_exact(const ProtobufCMessageDescriptor *descriptor, struct span query,
                                           struct arena *arena, struct http_ignored *ignored,
                                           struct error *error)
{
    return decode(descriptor, query, CODEC_EXACT, arena, ignored, error);
}

bool codec_query_find(struct span query, const char *name, struct arena *arena, struct span *value)
{
    struct span found, encoded;

    while (next_pair(&query, &found, &encoded))
        if (span_is(found, name))
            return unescape(encoded, arena, value) == 0;
    return false;
}

struct span codec_query_without(struct span query, const char *name, struct arena *arena)
{
    struct span rest = query, found, value;
    uint8_t *kept = arena_alloc(arena, query.len + 1);
    size_t len = 0;

    for (const uint8_t *item = rest.data; next_pair(&rest, &found, &value); item = rest.data) {
        const size_t item_len = found.len + (value.data ? value.len + 1 : 0);

        if (span_is(found, name))
            continue;
        if (len > 0)
            kept[len++] = '&';
        memcpy(kept + len, item, item_len);
        len += item_len;
    }
    return span_of(kept, len);
}

bool codec_query_wants_json(struct span query)
{
    struct span name, value;

    while (next_pair(&query, &name, &value))
        if (span_is(name, "json"))
            return value.len == 0 || span_is(value, "1") || span_is(value, "true");
    return false;
}
