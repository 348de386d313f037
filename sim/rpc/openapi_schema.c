#include "sim/rpc/openapi_schema.h"

#include <stdlib.h>

#include "proto/common.pb-c.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/rpc/message.h"
#include "sim/rpc/proto_name.h"

/* Regex engines unroll counted repetitions, so longer values get a maxLength instead. */
#define PATTERN_BYTES 255

void openapi_schema_free(struct openapi_schemas *schemas)
{
    free(schemas->rows);
    schemas->rows = NULL;
    schemas->count = schemas->capacity = 0;
}

static bool has(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                enum openapi_place place)
{
    for (size_t i = 0; i < schemas->count; i++)
        if (schemas->rows[i].message == message && schemas->rows[i].place == place)
            return true;
    return false;
}

static bool is_request(enum openapi_place place)
{
    return place == OPENAPI_REQUEST || place == OPENAPI_EXACT_REQUEST;
}

static bool is_query(enum openapi_place place)
{
    return place == OPENAPI_QUERY || place == OPENAPI_EXACT_QUERY;
}

static bool is_exact(enum openapi_place place)
{
    return place == OPENAPI_EXACT_REQUEST || place == OPENAPI_EXACT_QUERY;
}

/* Whether the field takes any JSON value. */
static bool is_any(const ProtobufCFieldDescriptor *field, enum openapi_place place)
{
    return field->descriptor == &dstack__json_text__descriptor && is_request(place);
}

void openapi_schema_add(struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                        enum openapi_place place)
{
    if (message->n_fields == 0 || has(schemas, message, place))
        return;
    if (schemas->count == schemas->capacity) {
        schemas->capacity = schemas->capacity ? 2 * schemas->capacity : 32;
        schemas->rows = memory_grow(schemas->rows, schemas->capacity * sizeof *schemas->rows);
    }
    schemas->rows[schemas->count++] = (struct openapi_schema_row){message, place};
    for (unsigned i = 0; i < message->n_fields; i++)
        if (message->fields[i].type == PROTOBUF_C_TYPE_MESSAGE && !is_any(&message->fields[i], place))
            openapi_schema_add(schemas, message->fields[i].descriptor, place);
}

/* --- values --- */

static const struct proto_doc *doc_of(const struct openapi_schemas *schemas,
                                      const ProtobufCMessageDescriptor *message,
                                      const ProtobufCFieldDescriptor *field)
{
    return proto_docs_find(schemas->docs, message->name, field->name);
}

static unsigned long number_of(const char *digits)
{
    return digits ? strtoul(digits, NULL, 10) : 0;
}

/* The least length of a text or the least number, or NULL. */
static const char *least_of(const struct proto_doc *doc, enum openapi_place place)
{
    return doc->least || !doc->is_required || place == OPENAPI_RESPONSE ? doc->least : "1";
}

static void write_string(const struct proto_doc *doc, enum openapi_place place, struct buf *out)
{
    const char *least = least_of(doc, place);

    buf_append_text(out, "\"type\":\"string\"");
    if (doc->values) {
        buf_printf(out, ",\"enum\":[%s%s]", doc->values,
                   doc->is_required || place == OPENAPI_RESPONSE ? "" : ",\"\"");
        return;
    }
    if (least)
        buf_printf(out, ",\"minLength\":%s", least);
    if (doc->most)
        buf_printf(out, ",\"maxLength\":%s", doc->most);
    if (doc->pattern)
        json_text_member(out, ',', "pattern", doc->pattern);
}

static void write_bytes(const struct proto_doc *doc, enum openapi_place place, struct buf *out)
{
    const char *prefix = place == OPENAPI_RESPONSE ? "" : is_exact(place) ? "(0x)?" : "(0[xX])?";
    unsigned long least = number_of(least_of(doc, place)), most = number_of(doc->most);

    buf_printf(out, "\"type\":\"string\",\"contentEncoding\":\"base16\",\"pattern\":\"^%s%s", prefix,
               place == OPENAPI_RESPONSE ? "([0-9a-f]{2})" : "([0-9a-fA-F]{2})");
    if (doc->most && least == most)
        buf_printf(out, "{%lu}$\"", most);
    else if (doc->most && most <= PATTERN_BYTES)
        buf_printf(out, "{%lu,%lu}$\"", least, most);
    else
        buf_append_text(out, least ? "+$\"" : "*$\"");
    if (doc->most && most > PATTERN_BYTES)
        buf_printf(out, ",\"maxLength\":%lu", 2 * most + (place == OPENAPI_RESPONSE ? 0 : 2));
}

struct range {
    const char *format, *least, *most;
};

static struct range range_of(const ProtobufCFieldDescriptor *field, enum openapi_place place)
{
    switch (field->type) {
    case PROTOBUF_C_TYPE_INT32:
        return (struct range){"int32", "-2147483648", "2147483647"};
    case PROTOBUF_C_TYPE_UINT32:
        return (struct range){"uint32", "0", "4294967295"};
    case PROTOBUF_C_TYPE_INT64:
        return (struct range){"int64", "-9223372036854775808", "9223372036854775807"};
    default: /* larger ones have to be strings in a request; elsewhere only the format states the
                limit, which is too large a number for some JSON parsers */
        return (struct range){"uint64", "0", is_request(place) ? "9223372036854775807" : NULL};
    }
}

static void write_integer(const ProtobufCFieldDescriptor *field, const struct proto_doc *doc,
                          enum openapi_place place, struct buf *out)
{
    struct range range = range_of(field, place);
    const char *least = least_of(doc, place);

    if (place == OPENAPI_REQUEST)
        buf_append_text(out, "\"anyOf\":[{");
    buf_printf(out, "\"type\":\"integer\",\"format\":\"%s\",\"minimum\":%s", range.format,
               least ? least : range.least);
    if (doc->most || range.most)
        buf_printf(out, ",\"maximum\":%s", doc->most ? doc->most : range.most);
    if (place == OPENAPI_REQUEST)
        buf_append_text(out, "},{\"type\":\"string\",\"pattern\":\"^-?[0-9]+$\"}]");
}

static void write_ref(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                      enum openapi_place place, struct buf *out);

/* The keywords of one value; never none. */
static void write_value(const struct openapi_schemas *schemas, const ProtobufCFieldDescriptor *field,
                        const struct proto_doc *doc, enum openapi_place place, struct buf *out)
{
    if (field->type == PROTOBUF_C_TYPE_STRING)
        write_string(doc, place, out);
    else if (field->type == PROTOBUF_C_TYPE_BYTES)
        write_bytes(doc, place, out);
    else if (field->type == PROTOBUF_C_TYPE_BOOL && is_query(place))
        buf_printf(out, "\"enum\":[\"true\",\"false\"%s]", is_exact(place) ? "" : ",\"1\",\"0\"");
    else if (field->type == PROTOBUF_C_TYPE_BOOL)
        buf_append_text(out, "\"type\":\"boolean\"");
    else if (message_field_is_integer(field))
        write_integer(field, doc, place, out);
    else if (is_any(field, place))
        buf_append_text(out, "\"type\":[\"object\",\"array\",\"string\",\"number\",\"boolean\",\"null\"]");
    else
        write_ref(schemas, field->descriptor, place, out);
}

/* Whether codec_json_encode.c writes null for an absent field, or codec_json_decode.c reads it as one. */
static bool may_be_null(const ProtobufCFieldDescriptor *field, enum openapi_place place)
{
    return (message_field_is_oneof(field) && !is_query(place)) ||
           (field->type == PROTOBUF_C_TYPE_MESSAGE && place == OPENAPI_RESPONSE);
}

static void write_keywords(const struct openapi_schemas *schemas, const ProtobufCFieldDescriptor *field,
                           const struct proto_doc *doc, enum openapi_place place, struct buf *out)
{
    bool repeated = field->label == PROTOBUF_C_LABEL_REPEATED;
    bool nullable = !repeated && may_be_null(field, place);

    buf_append_text(out, repeated ? "\"type\":\"array\",\"items\":{" : nullable ? "\"anyOf\":[{" : "");
    write_value(schemas, field, doc, place, out);
    buf_append_text(out, repeated ? "}" : nullable ? "},{\"type\":\"null\"}]" : "");
    if (repeated && doc->most_values)
        buf_printf(out, ",\"maxItems\":%s", doc->most_values);
}

void openapi_schema_field(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                          const ProtobufCFieldDescriptor *field, enum openapi_place place, struct buf *out)
{
    buf_append_byte(out, '{');
    write_keywords(schemas, field, doc_of(schemas, message, field), place, out);
    buf_append_byte(out, '}');
}

/* --- messages --- */

static const char *name_of(const ProtobufCMessageDescriptor *message)
{
    return proto_name_short(message->name, message->package_name);
}

static const char *suffix_of(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                             enum openapi_place place)
{
    if (place == OPENAPI_EXACT_REQUEST && has(schemas, message, OPENAPI_REQUEST))
        return "ExactInput";
    return is_request(place) && has(schemas, message, OPENAPI_RESPONSE) ? "Input" : "";
}

static void write_ref(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                      enum openapi_place place, struct buf *out)
{
    if (message->n_fields == 0)
        buf_printf(out, "\"type\":\"%s\"", place == OPENAPI_RESPONSE ? "null" : "object");
    else
        buf_printf(out, "\"$ref\":\"#/components/schemas/%s%s\"", name_of(message),
                   suffix_of(schemas, message, place));
}

void openapi_schema_body(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                         enum openapi_place place, struct buf *out)
{
    bool nullable = is_request(place) && message_may_be_null(message);

    buf_append_text(out, nullable ? "{\"anyOf\":[{" : "{");
    write_ref(schemas, message, place, out);
    buf_append_text(out, nullable ? "},{\"type\":\"null\"}]}" : "}");
}

static void write_property(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                           const ProtobufCFieldDescriptor *field, enum openapi_place place, struct buf *out)
{
    const struct proto_doc *doc = doc_of(schemas, message, field);

    json_text_key(out, 0, field->name);
    buf_append_byte(out, '{');
    if (doc->text) {
        json_text_member(out, 0, "description", doc->text);
        buf_append_byte(out, ',');
    }
    write_keywords(schemas, field, doc, place, out);
    if (doc->example)
        buf_printf(out, ",\"examples\":[%s]", doc->example);
    buf_append_byte(out, '}');
}

static void write_required(const struct openapi_schemas *schemas, const struct openapi_schema_row *row,
                           struct buf *out)
{
    bool any = false;

    for (unsigned i = 0; i < row->message->n_fields; i++) {
        const char *name = row->message->fields[i].name;
        if (row->place == OPENAPI_RESPONSE ||
            doc_of(schemas, row->message, &row->message->fields[i])->is_required) {
            buf_append_text(out, any ? "," : ",\"required\":[");
            json_text_string(out, name, strlen(name));
            any = true;
        }
    }
    if (any)
        buf_append_byte(out, ']');
}

static void write_message(const struct openapi_schemas *schemas, const struct openapi_schema_row *row,
                          struct buf *out)
{
    const ProtobufCMessageDescriptor *message = row->message;
    const struct proto_doc *doc = proto_docs_find(schemas->docs, message->name, NULL);

    buf_printf(out, "\"%s%s\":{\"type\":\"object\",", name_of(message),
               suffix_of(schemas, message, row->place));
    if (doc->text) {
        json_text_member(out, 0, "description", doc->text);
        buf_append_byte(out, ',');
    }
    buf_append_text(out, "\"properties\":{");
    for (unsigned i = 0; i < message->n_fields; i++) {
        buf_append_text(out, i > 0 ? "," : "");
        write_property(schemas, message, &message->fields[i], row->place, out);
    }
    buf_append_byte(out, '}');
    write_required(schemas, row, out);
    buf_append_byte(out, '}');
}

void openapi_schema_write(const struct openapi_schemas *schemas, struct buf *out)
{
    buf_append_byte(out, '{');
    for (size_t i = 0; i < schemas->count; i++) {
        buf_append_text(out, i > 0 ? "," : "");
        write_message(schemas, &schemas->rows[i], out);
    }
    buf_append_byte(out, '}');
}

void openapi_schema_example(const struct openapi_schemas *schemas, const ProtobufCMessageDescriptor *message,
                            struct buf *out)
{
    char separator = '{';

    for (unsigned i = 0; i < message->n_fields; i++) {
        const struct proto_doc *doc = doc_of(schemas, message, &message->fields[i]);
        if (!doc->example)
            continue;
        json_text_key(out, separator, message->fields[i].name);
        buf_append_text(out, doc->example);
        separator = ',';
    }
    buf_append_text(out, separator == '{' ? "{}" : "}");
}

bool openapi_schema_is_required(const struct openapi_schemas *schemas,
                                const ProtobufCMessageDescriptor *message)
{
    for (unsigned i = 0; i < message->n_fields; i++)
        if (doc_of(schemas, message, &message->fields[i])->is_required)
            return true;
    return false;
}
