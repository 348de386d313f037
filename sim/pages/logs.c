#include "sim/pages/logs.h"

#include <limits.h>
#include <stdlib.h>

#include "sim/base/json_text.h"
#include "sim/pages/log_stream.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/openapi.h"

#define PATH_PREFIX "/logs/"
#define NAME_BYTES 128
#define FILE_BYTES (16u * 1024 * 1024)
#define TAIL_DEFAULT 1000
#define TYPE_TEXT "text/plain; charset=utf-8"

/* The real agent reports errors in this way, in the middle of its stream. */
static void answer_error(struct exchange *exchange, const char *message, const char *reason)
{
    json_text_member(exchange->response.body, '{', "error", message);
    buf_append_byte(exchange->response.body, '}');
    exchange_explain(&exchange->response, reason);
}

/* Container names have only these characters, so that none leads out of the directory. */
static bool is_container_name(struct span name)
{
    if (name.len == 0 || name.len > NAME_BYTES || name.data[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '-' && c != '.')
            return false;
    }
    return true;
}

static bool is_set(const struct exchange *exchange, const char *name)
{
    struct span value;

    return codec_query_find(exchange->request.query, name, exchange->arena, &value) &&
           (value.len == 0 || span_is(value, "true") || span_is(value, "1"));
}

static size_t tail_of(const struct exchange *exchange)
{
    struct span value;

    if (!codec_query_find(exchange->request.query, "tail", exchange->arena, &value))
        return TAIL_DEFAULT;
    return span_is(value, "all") ? LOG_STREAM_ALL
                                 : strtoul(arena_copy(exchange->arena, value.data, value.len), NULL, 10);
}

static enum log_stream_form form_of(const struct exchange *exchange)
{
    return is_set(exchange, "bare")   ? LOG_STREAM_BARE
           : is_set(exchange, "text") ? LOG_STREAM_TEXT
                                      : LOG_STREAM_BASE64;
}

/* Where a log really is, or NULL if there is none, or a link leads out of the directory. */
static const char *find_log(const char *directory, const char *name, struct arena *arena)
{
    char place[PATH_MAX], real[PATH_MAX];
    const char *path = arena_printf(arena, "%s/%s.log", directory ? directory : "", name);
    size_t len;

    if (!directory || !realpath(directory, place) || !realpath(path, real))
        return NULL;
    len = strcmp(place, "/") == 0 ? 0 : strlen(place);
    return strncmp(real, place, len) == 0 && real[len] == '/' ? arena_printf(arena, "%s", real) : NULL;
}

static void serve(const void *context, struct exchange *exchange)
{
    const struct site *site = context;
    struct span name = span_of(exchange->request.path.data + sizeof PATH_PREFIX - 1,
                               exchange->request.path.len - (sizeof PATH_PREFIX - 1));
    struct error error = {.kind = ERROR_NONE};
    static const char misnamed[] = "a container name has only letters, digits, '_', '-' and '.'";
    static const char private[] = "the app keeps its logs private: public_logs is false";
    const char *shown, *path;

    exchange->response.content_type = TYPE_TEXT;
    if (!is_container_name(name)) {
        answer_error(exchange, misnamed, misnamed);
        return;
    }
    shown = arena_copy(exchange->arena, name.data, name.len);
    if (!site->td->app.says.public_logs) {
        answer_error(exchange, private, private);
        return;
    }
    path = find_log(site->logs_dir, shown, exchange->arena);
    if (!path) {
        answer_error(exchange, arena_printf(exchange->arena, "No such container: %s", shown),
                     "no such container");
        return;
    }
    exchange->response.stream =
        log_stream_new(path, FILE_BYTES, tail_of(exchange), form_of(exchange), &error);
    if (!exchange->response.stream)
        answer_error(exchange,
                     arena_printf(exchange->arena, "cannot read the log of %s: %s", shown, error.text),
                     "its log cannot be read, or is too large");
}

/* Any text is accepted: what is not a number counts as 0, what is not true as false. */
#define ANY_TEXT "{\"type\":\"string\"}"

static const struct openapi_parameter parameters[] = {
    {"container", "The name of a container; the response says if there is none of that name.", ANY_TEXT,
     "\"web\"", true},
    {"tail", "How many of the last lines to show, or all; 1000 by default.", ANY_TEXT, "\"10\"", false},
    {"text", "With true or 1, messages are plain text instead of base64.", ANY_TEXT, "\"true\"", false},
    {"bare", "With true or 1, lines are bare messages instead of objects.", ANY_TEXT, NULL, false},
    {.name = NULL},
};
static const struct openapi_page description = {
    .summary = "The log of a container, as lines of JSON", .types = TYPE_TEXT, .parameters = parameters};

void logs_add(const struct site *site, struct router *router)
{
    const struct router_page page = {
        .path = PATH_PREFIX, .serve = serve, .context = site, .is_prefix = true, .openapi = &description};

    router_add_page(router, &page);
}
