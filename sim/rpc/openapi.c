#include "sim/rpc/openapi.h"

#include <stdlib.h>

#include "proto/common.pb-c.h"
#include "sim/base/json_text.h"
#include "sim/base/memory.h"
#include "sim/rpc/call.h"
#include "sim/rpc/message.h"
#include "sim/rpc/openapi_schema.h"
#include "sim/rpc/openapi_security.h"
#include "sim/rpc/proto_name.h"

#define PREFIX "/prpc/"
#define PAGES "pages"

struct writer {
    const struct router *router;
    const struct openapi_info *info;
    struct openapi_schemas schemas;
    struct buf *out;
};

/* --- pieces --- */

static void write_text(const struct writer *writer, const char *text)
{
    buf_append_text(writer->out, text);
}

/* `,"key":"value"`, or nothing if value is NULL. */
static void write_member(const struct writer *writer, const char *key, const char *value)
{
    if (value)
        json_text_member(writer->out, ',', key, value);
}

/* The first sentence, without its period, is the summary; a longer text is also the description. */
static void write_summary(const struct writer *writer, const char *text)
{
    const char *end = strstr(text, ". ");
    size_t len = end ? (size_t)(end - text) : strlen(text);

    if (len && text[len - 1] == '.')
        len--;
    write_text(writer, ",\"summary\":");
    json_text_string(writer->out, text, len);
    write_member(writer, "description", end ? text : NULL);
}

static const char *tag_of(const ProtobufCServiceDescriptor *service)
{
    return proto_name_short(service->name, service->package);
}

/* The path without its directory if that is the shared one, otherwise without its first slash. */
static const char *id_of(const char *path)
{
    bool is_shared = strncmp(path, PREFIX, strlen(PREFIX)) == 0 && !strchr(path + strlen(PREFIX), '/');

    return path + (is_shared ? strlen(PREFIX) : 1);
}

/* A path as an identifier: letters, digits and underscores. */
static void write_id(const struct writer *writer, const char *prefix, const char *path, const char *suffix)
{
    write_text(writer, ",\"operationId\":\"");
    write_text(writer, prefix);
    for (; *path; path++) {
        bool plain = (*path >= 'a' && *path <= 'z') || (*path >= 'A' && *path <= 'Z') ||
                     (*path >= '0' && *path <= '9');
        buf_append_byte(writer->out, plain ? (uint8_t)*path : '_');
    }
    write_text(writer, suffix);
    buf_append_byte(writer->out, '"');
}

static const struct {
    int status;
    const char *name;
    const char *text;
} errors[] = {
    {400, "BadRequest", "The request is invalid; the error says what would be right."},
    {403, "Forbidden", "A browser sent the request on behalf of another site."},
    {404, "NotFound", "The resource does not exist."},
    {413, "PayloadTooLarge", "The body exceeds the size limit."},
    {431, "HeadTooLarge", "The query string exceeds the size limit."},
    {500, "InternalError", "The simulator itself failed."},
    {501, "Unavailable", "The request is right, but nothing here can answer it."},
};

#define ERROR_COUNT (sizeof errors / sizeof *errors)

/* References to these errors, to be written after another response. */
static void write_errors(const struct writer *writer, const int *statuses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < ERROR_COUNT; k++)
            if (errors[k].status == statuses[i])
                buf_printf(writer->out, ",\"%d\":{\"$ref\":\"#/components/responses/%s\"}", statuses[i],
                           errors[k].name);
}

/* --- methods --- */

static void write_query_parameter(const struct writer *writer, const ProtobufCMessageDescriptor *message,
                                  const ProtobufCFieldDescriptor *field, enum codec_rigour rigour)
{
    const struct proto_doc *doc = proto_docs_find(writer->info->docs, message->name, field->name);
    bool has_brackets = rigour == CODEC_EXACT && field->label == PROTOBUF_C_LABEL_REPEATED;

    buf_printf(writer->out, "\"%s%s\"", field->name, has_brackets ? "[]" : "");
    write_text(writer, ",\"in\":\"query\"");
    write_member(writer, "description", doc->text);
    buf_printf(writer->out, ",\"required\":%s,\"schema\":", doc->is_required ? "true" : "false");
    openapi_schema_field(&writer->schemas, message, field,
                         rigour == CODEC_EXACT ? OPENAPI_EXACT_QUERY : OPENAPI_QUERY, writer->out);
    if (doc->example)
        buf_printf(writer->out, ",\"example\":%s", doc->example);
}

static void write_query(const struct writer *writer, const ProtobufCMessageDescriptor *message,
                        enum codec_rigour rigour)
{
    write_text(writer, ",\"parameters\":[");
    for (unsigned i = 0; i < message->n_fields; i++) {
        write_text(writer, i > 0 ? ",{\"name\":" : "{\"name\":");
        write_query_parameter(writer, message, &message->fields[i], rigour);
        buf_append_byte(writer->out, '}');
    }
    buf_append_byte(writer->out, ']');
}

/* The other content type of a message, written after JSON. JSON Schema cannot describe its bytes. */
static void write_protobuf(const struct writer *writer, const ProtobufCMessageDescriptor *message)
{
    buf_printf(writer->out,
               ",\"application/octet-stream\":{\"schema\":{\"description\":\"%s as protobuf.\"}}",
               message->name);
}

static enum openapi_place request_place(enum codec_rigour rigour)
{
    return rigour == CODEC_EXACT ? OPENAPI_EXACT_REQUEST : OPENAPI_REQUEST;
}

static void write_body(const struct writer *writer, const ProtobufCMessageDescriptor *message,
                       enum codec_rigour rigour)
{
    bool is_strict = rigour != CODEC_LENIENT;

    buf_printf(writer->out,
               ",\"requestBody\":{\"required\":%s,\"content\":{\"application/json\":{\"schema\":",
               openapi_schema_is_required(&writer->schemas, message) ? "true" : "false");
    write_text(writer, is_strict ? "{\"allOf\":[" : "");
    openapi_schema_body(&writer->schemas, message, request_place(rigour), writer->out);
    write_text(writer, is_strict ? "],\"unevaluatedProperties\":false}" : "");
    write_text(writer, ",\"example\":");
    openapi_schema_example(&writer->schemas, message, writer->out);
    buf_append_byte(writer->out, '}');
    write_protobuf(writer, message);
    write_text(writer, "}}");
}

static void write_answer(const struct writer *writer, const struct router_path *path, bool by_query,
                         bool may_be_unavailable)
{
    const ProtobufCMessageDescriptor *message = path->method->output;

    write_text(writer, ",\"responses\":{\"200\":{\"description\":\"The method's response.\",\"content\":"
                       "{\"application/json\":{\"schema\":");
    openapi_schema_body(&writer->schemas, message, OPENAPI_RESPONSE, writer->out);
    buf_append_byte(writer->out, '}');
    if (!by_query)
        write_protobuf(writer, message);
    write_text(writer, "}}");
    write_errors(writer, by_query ? (const int[]){400, 403, 431, 500} : (const int[]){400, 403, 413, 500}, 4);
    openapi_security_refusal(path->guard, writer->out);
    if (may_be_unavailable)
        write_errors(writer, (const int[]){501}, 1);
    buf_append_byte(writer->out, '}');
}

static void write_call(const struct writer *writer, const struct router_path *path, bool by_query)
{
    const char *tag = tag_of(path->service);
    const struct proto_doc *doc =
        proto_docs_find(writer->info->docs, path->service->name, path->method->name);

    write_text(writer, by_query ? "\"get\":{\"tags\":[" : "\"post\":{\"tags\":[");
    json_text_string(writer->out, tag, strlen(tag));
    buf_append_byte(writer->out, ']');
    write_id(writer, "", id_of(path->path), by_query ? "_by_query" : "");
    write_summary(writer, doc->text ? doc->text : path->method->name);
    openapi_security_write(path->guard, by_query, writer->out);
    if (by_query)
        write_query(writer, path->method->input, path->rigour);
    else
        write_body(writer, path->method->input, path->rigour);
    write_answer(writer, path, by_query, doc->may_be_unavailable);
    buf_append_byte(writer->out, '}');
}

static void write_method(const struct writer *writer, const struct router_path *path)
{
    json_text_key(writer->out, 0, path->path);
    buf_append_byte(writer->out, '{');
    write_call(writer, path, false);
    if (message_fits_query(path->method->input)) {
        buf_append_byte(writer->out, ',');
        write_call(writer, path, true);
    }
    buf_append_byte(writer->out, '}');
}

/* --- pages --- */

static void write_page_parameters(const struct writer *writer, const struct router_page *page)
{
    const struct openapi_parameter *parameters = page->openapi->parameters;

    write_text(writer, ",\"parameters\":[");
    for (size_t i = 0; parameters[i].name; i++) {
        bool is_name = i == 0 && page->is_prefix;

        write_text(writer, i > 0 ? ",{\"name\":" : "{\"name\":");
        json_text_string(writer->out, parameters[i].name, strlen(parameters[i].name));
        write_text(writer, is_name ? ",\"in\":\"path\"" : ",\"in\":\"query\"");
        write_member(writer, "description", parameters[i].text);
        buf_printf(writer->out, ",\"required\":%s,\"schema\":%s",
                   is_name || parameters[i].is_required ? "true" : "false", parameters[i].schema);
        if (parameters[i].example)
            buf_printf(writer->out, ",\"example\":%s", parameters[i].example);
        buf_append_byte(writer->out, '}');
    }
    buf_append_byte(writer->out, ']');
}

/* The end of a response: the content types that "a/b, c/d" lists. */
static void write_types(const struct writer *writer, const char *types)
{
    write_text(writer, ",\"content\":{");
    while (*types) {
        size_t len = strcspn(types, ",");

        json_text_string(writer->out, types, len);
        write_text(writer, strncmp(types, "text/", 5) == 0 ? ":{\"schema\":{\"type\":\"string\"}}" : ":{}");
        types += len;
        write_text(writer, *types ? "," : "");
        types += strspn(types, ", ");
    }
    write_text(writer, "}}");
}

static void write_page(const struct writer *writer, const struct router_path *path)
{
    const struct router_page *page = path->page;
    const struct openapi_parameter *parameters = page->openapi->parameters;
    bool has_name = page->is_prefix && parameters;

    buf_append_byte(writer->out, '"');
    buf_printf(writer->out, has_name ? "%s{%s}" : "%s%s", page->path, has_name ? parameters->name : "");
    buf_printf(writer->out, "\":{\"%s\":{\"tags\":[\"" PAGES "\"]",
               page->verb == HTTP_VERB_POST ? "post" : "get");
    write_id(writer, "page", page->path, "");
    write_member(writer, "summary", page->openapi->summary);
    openapi_security_write(path->guard, page->verb == HTTP_VERB_GET, writer->out);
    if (parameters)
        write_page_parameters(writer, page);
    write_text(writer, ",\"responses\":{\"200\":{\"description\":\"The page.\"");
    write_types(writer, page->openapi->types);
    if (page->openapi->other) {
        buf_printf(writer->out, ",\"%d\":{\"description\":\"%s\"", page->openapi->other,
                   page->openapi->other_text);
        write_types(writer, page->openapi->types);
    }
    if (parameters)
        write_errors(writer, (const int[]){400, 404, 431}, 3);
    openapi_security_refusal(path->guard, writer->out);
    write_errors(writer, (const int[]){500}, 1);
    write_text(writer, "}}}");
}

/* --- the document --- */

static void add_schemas(struct writer *writer)
{
    struct router_path path;

    for (size_t cursor = 0; router_next_path(writer->router, &cursor, &path);) {
        if (path.page)
            continue;
        openapi_schema_add(&writer->schemas, path.method->input, request_place(path.rigour));
        openapi_schema_add(&writer->schemas, path.method->output, OPENAPI_RESPONSE);
    }
}

static void write_info(const struct writer *writer)
{
    write_text(writer, "{\"openapi\":\"3.1.0\",\"info\":{\"license\":{\"name\":\"Apache License 2.0\","
                       "\"identifier\":\"Apache-2.0\"}");
    write_member(writer, "title", writer->info->title);
    write_text(writer, ",\"version\":");
    json_text_string(writer->out, writer->info->version, strlen(writer->info->version));
    write_member(writer, "description", writer->info->text);
    write_text(writer, "},\"servers\":[{\"url\":\"/\"}]");
}

static void write_tag(const struct writer *writer, const char *name, const char *text)
{
    write_text(writer, "{\"name\":");
    json_text_string(writer->out, name, strlen(name));
    write_member(writer, "description", text);
    buf_append_byte(writer->out, '}');
}

/* Whether no path before this one, which ends at the cursor, is the service's. */
static bool is_first(const struct router *router, size_t end, const ProtobufCServiceDescriptor *service)
{
    struct router_path path;

    for (size_t cursor = 0; router_next_path(router, &cursor, &path) && cursor < end;)
        if (path.service == service)
            return false;
    return true;
}

static void write_tags(const struct writer *writer)
{
    struct router_path path;

    write_text(writer, ",\"tags\":[");
    for (size_t cursor = 0; router_next_path(writer->router, &cursor, &path);) {
        if (path.page || !is_first(writer->router, cursor, path.service))
            continue;
        write_tag(writer, tag_of(path.service),
                  proto_docs_find(writer->info->docs, path.service->name, NULL)->text);
        buf_append_byte(writer->out, ',');
    }
    write_tag(writer, PAGES, "Everything that is not a method.");
    buf_append_byte(writer->out, ']');
}

static void write_paths(const struct writer *writer)
{
    struct router_path path;
    bool any = false;

    write_text(writer, ",\"paths\":{");
    for (size_t cursor = 0; router_next_path(writer->router, &cursor, &path);) {
        if (path.page && !path.page->openapi)
            continue;
        write_text(writer, any ? "," : "");
        any = true;
        if (path.page)
            write_page(writer, &path);
        else
            write_method(writer, &path);
    }
    buf_append_byte(writer->out, '}');
}

static void write_components(const struct writer *writer)
{
    write_text(writer, ",\"components\":{\"schemas\":");
    openapi_schema_write(&writer->schemas, writer->out);
    write_text(writer, ",\"responses\":{");
    for (size_t i = 0; i < ERROR_COUNT; i++) {
        buf_printf(writer->out, "%s\"%s\":{\"description\":\"%s\"", i > 0 ? "," : "", errors[i].name,
                   errors[i].text);
        write_text(writer,
                   ",\"content\":{\"application/json\":{\"schema\":{\"type\":\"object\",\"properties\":"
                   "{\"error\":{\"type\":\"string\"}},\"required\":[\"error\"]}}");
        write_protobuf(writer, &dstack__rpc_error__descriptor);
        write_text(writer, "}}");
    }
    buf_append_byte(writer->out, '}');
    openapi_security_schemes(writer->router, writer->out);
    write_text(writer, "}}");
}

void openapi_write(const struct router *router, const struct openapi_info *info, struct buf *out)
{
    struct writer writer = {.router = router, .info = info, .schemas = {.docs = info->docs}, .out = out};

    add_schemas(&writer);
    write_info(&writer);
    write_tags(&writer);
    write_paths(&writer);
    write_components(&writer);
    openapi_schema_free(&writer.schemas);
}

/* --- the page --- */

struct openapi {
    const struct router *router;
    const struct openapi_info *info;
    struct buf *text; /* heap; empty until the first request */
};

static void serve(const void *context, struct exchange *exchange)
{
    const struct openapi *openapi = context;

    if (openapi->text->len == 0)
        openapi_write(openapi->router, openapi->info, openapi->text);
    exchange->response.content_type = "application/json";
    buf_append_span(exchange->response.body, buf_span(openapi->text));
}

static void release(const void *context)
{
    struct openapi *openapi = unconst(context);

    buf_free(openapi->text);
    free(openapi->text);
    free(openapi);
}

void openapi_add(struct router *router, const char *path, const struct openapi_info *info)
{
    static const struct openapi_page self = {.summary = "This document", .types = "application/json"};
    struct openapi *openapi = memory_zalloc(sizeof *openapi);
    const struct router_page page = {
        .path = path, .serve = serve, .context = openapi, .openapi = &self, .release = release};

    openapi->router = router;
    openapi->info = info;
    openapi->text = memory_alloc(sizeof *openapi->text);
    buf_init(openapi->text, SIZE_MAX);
    router_add_page(router, &page);
}
