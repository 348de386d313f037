#include "sim/pages/vm_logs.h"

#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/rpc/codec.h"
#include "sim/rpc/openapi.h"
#include "sim/vmm/vmm.h"

#define LINES_DEFAULT 10000
#define HEARTBEAT_MS 60000
#define HEARTBEAT "[vmm heartbeat]\n"
#define TYPE_TEXT "text/plain; charset=utf-8"

/* Where in an escape sequence the text is. */
enum escape {
    ESCAPE_NONE,
    ESCAPE_BEGUN,   /* after ESC */
    ESCAPE_CONTROL, /* after ESC [ */
};

/* A response that reads a log. It leaves the log when the VM is removed or the client has gone. */
struct reading {
    struct http_stream stream; /* first: pull gets back from it to the struct */
    struct vm_log_reader reader;
    struct vm_log *log; /* NULL once it has ended */
    uint64_t position;
    struct buf rest; /* of a log that has ended */
    size_t rest_sent;
    bool follows;
    bool keeps_escapes;
    enum escape escape;
    bool is_silent; /* has waited since the last piece */
};

/* Copies text without escape sequences: ESC [ ... letter, and other two-byte ones (ECMA-48, 5.4). One may begin
 * in this piece and end in the next. */
static void append_plain(struct reading *reading, struct span text, struct buf *out)
{
    for (size_t i = 0; i < text.len; i++) {
        const uint8_t byte = text.data[i];

        if (reading->escape == ESCAPE_BEGUN)
            reading->escape = byte == '[' ? ESCAPE_CONTROL : ESCAPE_NONE;
        else if (reading->escape == ESCAPE_CONTROL)
            reading->escape = byte >= 0x40 && byte <= 0x7e ? ESCAPE_NONE : ESCAPE_CONTROL;
        else if (byte == 0x1b)
            reading->escape = ESCAPE_BEGUN;
        else
            buf_append_byte(out, byte);
    }
}

static struct span next_piece(struct reading *reading)
{
    struct span text;

    if (!reading->log) {
        if (reading->rest_sent == reading->rest.len)
            return SPAN_NONE;
        text = span_of(reading->rest.data + reading->rest_sent, reading->rest.len - reading->rest_sent);
        text.len = text.len < HTTP_STREAM_PIECE_BYTES ? text.len : HTTP_STREAM_PIECE_BYTES;
        reading->rest_sent += text.len;
        return text;
    }
    text = vm_log_read(reading->log, &reading->position);
    if (text.len > HTTP_STREAM_PIECE_BYTES) {
        reading->position -= text.len - HTTP_STREAM_PIECE_BYTES;
        text.len = HTTP_STREAM_PIECE_BYTES;
    }
    return text;
}

static enum http_stream_state pull(struct http_stream *stream, struct buf *out)
{
    struct reading *reading = (struct reading *)stream;
    struct span text;

    text = next_piece(reading);
    if (text.len == 0 && !reading->log)
        return HTTP_STREAM_END;
    if (text.len == 0 && reading->is_silent)
        buf_append_text(out, HEARTBEAT);
    else if (reading->keeps_escapes)
        buf_append_span(out, text);
    else
        append_plain(reading, text, out);
    if (text.len > 0) {
        reading->is_silent = false;
        return HTTP_STREAM_MORE;
    }
    if (!reading->follows)
        return HTTP_STREAM_END;
    reading->is_silent = true;
    stream->wait_ms = HEARTBEAT_MS;
    return HTTP_STREAM_WAIT;
}

static void on_more(void *data)
{
    struct reading *reading = data;

    reading->is_silent = false;
    if (reading->log->has_ended) {
        buf_append_span(&reading->rest, vm_log_read(reading->log, &reading->position));
        vm_log_leave(reading->log, &reading->reader);
        reading->log = NULL;
    }
    http_stream_wake(&reading->stream);
}

static void release(struct http_stream *stream)
{
    struct reading *reading = (struct reading *)stream;

    if (reading->log)
        vm_log_leave(reading->log, &reading->reader);
    buf_free(&reading->rest);
    free(reading);
}

static bool is_set(const struct exchange *exchange, const char *name)
{
    struct span value;

    return codec_query_find(exchange->request.query, name, exchange->arena, &value) &&
           (value.len == 0 || span_is(value, "true") || span_is(value, "1"));
}

static const char *text_of(const struct exchange *exchange, const char *name)
{
    struct span value;

    if (!codec_query_find(exchange->request.query, name, exchange->arena, &value))
        return "";
    return arena_copy(exchange->arena, value.data, value.len);
}

static bool find_channel(const char *name, enum vm_channel *channel)
{
    static const char *const names[VM_CHANNELS] = {"serial", "stdout", "stderr"};

    for (size_t i = 0; i < VM_CHANNELS; i++)
        if (strcmp(name, names[i]) == 0) {
            *channel = (enum vm_channel)i;
            return true;
        }
    *channel = VM_CHANNEL_SERIAL;
    return name[0] == '\0';
}

static struct vm_log *find_log(const struct site *site, struct exchange *exchange)
{
    const char *id = text_of(exchange, "id"), *name = text_of(exchange, "ch");
    struct error error = {.kind = ERROR_NONE};
    enum vm_channel channel;
    struct vm *vm;

    if (!id[0]) {
        exchange_fail(&exchange->response, 400, "id is missing: give the id of a VM");
        return NULL;
    }
    if (!find_channel(name, &channel)) {
        exchange_fail_quoting(
            &exchange->response, 400,
            arena_printf(exchange->arena, "Unknown channel %.40s: use serial, stdout or stderr", name),
            "unknown channel: use serial, stdout or stderr");
        return NULL;
    }
    vm = vmm_find(site->vmm, id, &error);
    if (!vm)
        exchange_fail(&exchange->response, 404, "VM not found");
    return vm ? &vm->logs[channel] : NULL;
}

static void serve(const void *context, struct exchange *exchange)
{
    static const struct http_stream_actions actions = {pull, release};
    struct vm_log *log = find_log(context, exchange);
    const char *lines = text_of(exchange, "lines");
    struct reading *reading;

    if (!log)
        return;
    reading = memory_zalloc(sizeof *reading);
    reading->stream.actions = &actions;
    reading->log = log;
    buf_init(&reading->rest, SIZE_MAX);
    reading->reader = (struct vm_log_reader){.more = on_more, .data = reading};
    reading->position = vm_log_tail(log, lines[0] ? strtoul(lines, NULL, 10) : LINES_DEFAULT);
    reading->follows = is_set(exchange, "follow");
    reading->keeps_escapes = is_set(exchange, "ansi");
    vm_log_join(log, &reading->reader);
    exchange->response.content_type = TYPE_TEXT;
    exchange->response.stream = &reading->stream;
}

static const struct openapi_parameter parameters[] = {
    {"id", "The id of a VM.", "{\"type\":\"string\"}", "\"ba2f7d62-8e03-4f7f-9a5f-2300e0905791\"", true},
    {"ch", "serial, stdout or stderr; serial by default.", "{\"type\":\"string\"}", "\"serial\"", false},
    {"lines", "How many of the last lines to show; 10000 by default.", "{\"type\":\"string\"}", "\"200\"",
     false},
    {"follow", "With true or 1, the response goes on as the log grows.", "{\"type\":\"string\"}", NULL,
     false},
    {"ansi", "With true or 1, escape sequences are kept.", "{\"type\":\"string\"}", NULL, false},
    {.name = NULL},
};

void vm_logs_add(const struct site *site, struct router *router)
{
    static const struct openapi_page description = {
        .summary = "The console of a VM", .types = TYPE_TEXT, .parameters = parameters};

    router_add_page(router, &(struct router_page){.path = "/logs",
                                                  .serve = serve,
                                                  .context = site,
                                                  .is_background = true,
                                                  .openapi = &description});
}
