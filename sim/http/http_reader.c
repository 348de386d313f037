#include "sim/http/http_reader.h"

#include <stdarg.h>
#include <stdio.h>

#include "sim/base/unconst.h"
#include "sim/http/http_target.h"
#include "sim/http/limits.h"

#define TLS_HANDSHAKE 0x16 /* first byte of a TLS connection (RFC 8446, 5.1) */

/* Messages below name these limits. */
_Static_assert(LIMIT_HEAD_BYTES == 16 * 1024 && LIMIT_BODY_BYTES == 10 * 1024 * 1024, "16 KiB and 10 MiB");

/* --- llhttp callbacks --- */

/* What a part of the reader says: 0, or the status to refuse the request with. */
static int refuse(llhttp_t *parser, int status)
{
    struct http_reader *reader = parser->data;

    if (status == 0)
        return HPE_OK;
    reader->failure = status;
    llhttp_set_error_reason(parser, reader->sentence);
    return HPE_USER;
}

__attribute__((format(printf, 3, 4))) static int fail(llhttp_t *parser, int status, const char *format, ...)
{
    struct http_reader *reader = parser->data;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reader->sentence, sizeof reader->sentence, format, arguments);
    va_end(arguments);
    return refuse(parser, status);
}

static int on_url(llhttp_t *parser, const char *at, size_t len)
{
    buf_append(&((struct http_reader *)parser->data)->target, at, len);
    return HPE_OK;
}

/* Trailers and chunk extensions are ignored but limited; read_part limits the head. */
static int pass_over(llhttp_t *parser, const char *at, size_t len)
{
    struct http_reader *reader = parser->data;

    reader->passed_bytes += len;
    if (reader->passed_bytes <= LIMIT_HEAD_BYTES)
        return HPE_OK;
    return fail(parser, 431, "trailers and chunk extensions are larger than 16 KiB");
}

static int on_header_field(llhttp_t *parser, const char *at, size_t len)
{
    struct http_reader *reader = parser->data;

    if (reader->is_head_complete)
        return pass_over(parser, at, len);
    http_headers_name(&reader->headers, at, len);
    return HPE_OK;
}

static int on_header_field_complete(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;

    return refuse(parser, http_headers_name_end(&reader->headers, reader->sentence));
}

static int on_header_value(llhttp_t *parser, const char *at, size_t len)
{
    struct http_reader *reader = parser->data;

    if (reader->is_head_complete)
        return pass_over(parser, at, len);
    http_headers_value(&reader->headers, at, len);
    return HPE_OK;
}

static int on_header_value_complete(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;

    return refuse(parser,
                  http_headers_value_end(&reader->headers, parser->http_minor == 0, reader->sentence));
}

static int on_headers_complete(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;
    bool has_body = (parser->flags & F_CHUNKED) || parser->content_length > 0;

    reader->is_head_complete = true;
    if (parser->http_minor == 0 && (parser->flags & F_TRANSFER_ENCODING)) /* RFC 9112, 6.1 */
        return fail(parser, 400, "HTTP/1.0 has no Transfer-Encoding: send a Content-Length, or use HTTP/1.1");
    parser->upgrade = 0; /* an offer to switch to another protocol is ignored */
    if (parser->http_major != 1)
        return fail(parser, 505, "this port only speaks HTTP/1.1");
    if ((parser->flags & F_CONTENT_LENGTH) && parser->content_length > LIMIT_BODY_BYTES)
        return fail(parser, 413, "the body is larger than 10 MiB");
    if (reader->headers.encoding.len > 0 && has_body)
        return fail(parser, 415,
                    "the body has the Content-Encoding \"%.*s\": send it as it is, without that header",
                    (int)reader->headers.encoding.len, reader->headers.encoding.text);
    return reader->headers.expects_continue && has_body ? HPE_PAUSED : HPE_OK;
}

static int on_body(llhttp_t *parser, const char *at, size_t len)
{
    struct http_reader *reader = parser->data;

    buf_append(&reader->body, at, len);
    return reader->body.has_overflowed ? fail(parser, 413, "the body is larger than 10 MiB") : HPE_OK;
}

/* Pauses where the trailers begin, which read_part checks. */
static int on_chunk_header(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;

    if (parser->content_length > 0)
        return HPE_OK;
    http_lines_begin(&reader->lines, HTTP_LINES_TRAILERS);
    reader->is_before_trailers = true;
    return HPE_PAUSED;
}

static int on_message_begin(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;

    reader->is_in_request = true;
    return HPE_OK;
}

static int on_message_complete(llhttp_t *parser)
{
    struct http_reader *reader = parser->data;

    reader->is_in_request = false;
    reader->is_complete = true;
    reader->is_keep_alive = llhttp_should_keep_alive(parser) && !(parser->flags & F_CONNECTION_CLOSE);
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_message_begin = on_message_begin,
    .on_url = on_url,
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_chunk_extension_name = pass_over,
    .on_chunk_extension_value = pass_over,
    .on_headers_complete = on_headers_complete,
    .on_chunk_header = on_chunk_header,
    .on_body = on_body,
    .on_message_complete = on_message_complete,
};

/* --- reading --- */

static void forget_request(struct http_reader *reader)
{
    buf_reset_within(&reader->target, LIMIT_KEPT_REQUEST_BYTES);
    http_headers_begin(&reader->headers);
    http_reader_drop_body(reader);
    http_lines_begin(&reader->lines, HTTP_LINES_HEAD);
    reader->head_bytes = 0;
    reader->passed_bytes = 0;
    reader->is_head_complete = false;
    reader->is_complete = false;
    reader->has_begun = false;
}

void http_reader_init(struct http_reader *reader)
{
    *reader = (struct http_reader){.failure = 0};
    /* llhttp does not modify the settings; its interface merely lacks the const. */
    llhttp_init(&reader->parser, HTTP_REQUEST, unconst(&settings));
    reader->parser.data = reader;
    http_lines_begin(&reader->lines, HTTP_LINES_HEAD);
    buf_init(&reader->target, LIMIT_HEAD_BYTES);
    http_headers_init(&reader->headers);
    buf_init(&reader->body, LIMIT_BODY_BYTES);
}

void http_reader_free(struct http_reader *reader)
{
    buf_free(&reader->target);
    http_headers_free(&reader->headers);
    buf_free(&reader->body);
}

void http_reader_drop_body(struct http_reader *reader)
{
    buf_reset_within(&reader->body, LIMIT_KEPT_REQUEST_BYTES);
}

void http_reader_drop_head(struct http_reader *reader)
{
    buf_reset_within(&reader->target, LIMIT_KEPT_REQUEST_BYTES);
    http_headers_drop(&reader->headers);
}

size_t http_reader_held(const struct http_reader *reader)
{
    return reader->body.capacity + reader->target.capacity + http_headers_held(&reader->headers);
}

static enum llhttp_errno feed(struct http_reader *reader, const uint8_t *data, size_t len, size_t *taken)
{
    enum llhttp_errno error = llhttp_execute(&reader->parser, (const char *)data, len);

    *taken = len;
    if (error == HPE_PAUSED || error == HPE_PAUSED_H2_UPGRADE)
        *taken = (size_t)((const uint8_t *)llhttp_get_error_pos(&reader->parser) - data);
    if (error != HPE_PAUSED || !reader->is_before_trailers)
        return error;
    reader->is_before_trailers = false;
    llhttp_resume(&reader->parser);
    return HPE_OK;
}

/* What has no lines to check is as it should be. */
static size_t check_lines(struct http_reader *reader, const uint8_t *data, size_t len, const char **fault)
{
    *fault = NULL;
    if (reader->lines.is_over || reader->is_tls)
        return len;
    return http_lines_read(&reader->lines, data, len, fault);
}

/* Feeds llhttp. It gets no more of a head than the limit allows, so that all bytes count,
 * including spaces and empty lines that llhttp does not report, and of what it would accept too
 * leniently only what comes before. */
static enum llhttp_errno read_part(struct http_reader *reader, const uint8_t *data, size_t len, size_t *taken)
{
    size_t room = LIMIT_HEAD_BYTES - reader->head_bytes;
    size_t part = reader->is_head_complete || len < room ? len : room;
    enum llhttp_errno error;
    const char *fault;

    part = check_lines(reader, data, part, &fault);
    error = feed(reader, data, part, taken);
    if (error == HPE_OK && fault)
        return (enum llhttp_errno)fail(&reader->parser, 400, "not a valid HTTP/1.1 request: %s", fault);
    if (error != HPE_OK || reader->is_head_complete)
        return error;
    reader->head_bytes += part;
    return reader->head_bytes < LIMIT_HEAD_BYTES
               ? HPE_OK
               : (enum llhttp_errno)fail(&reader->parser, 431,
                                         "the request line and headers are larger than 16 KiB");
}

/* Whether this is TLS shows in the first byte that is not of an empty line. A CR without LF is not of
 * one, and is refused before what follows has come. */
static void note_first_byte(struct http_reader *reader, const uint8_t *data, size_t len)
{
    bool is_after_cr = reader->lines.is_after_cr;

    for (size_t i = 0; i < len && !reader->has_begun; i++) {
        reader->has_begun = data[i] != (is_after_cr ? '\n' : '\r');
        reader->is_tls = !is_after_cr && data[i] == TLS_HANDSHAKE;
        is_after_cr = data[i] == '\r';
    }
}

/* Sets status and sentence unless a callback has done so. */
static enum http_progress explain(struct http_reader *reader)
{
    if (reader->failure)
        return HTTP_PROGRESS_FAILED;
    if (reader->is_tls)
        fail(&reader->parser, 400, "this port speaks plain HTTP/1.1, not TLS: use http://");
    else
        fail(&reader->parser, 400, "not a valid HTTP/1.1 request: %s",
             llhttp_get_error_reason(&reader->parser));
    return HTTP_PROGRESS_FAILED;
}

enum http_progress http_reader_read(struct http_reader *reader, const uint8_t *data, size_t len,
                                    size_t *taken)
{
    enum llhttp_errno error = HPE_OK;

    *taken = 0;
    if (reader->is_complete)
        forget_request(reader);
    note_first_byte(reader, data, len);
    while (error == HPE_OK && *taken < len) {
        size_t part;

        error = read_part(reader, data + *taken, len - *taken, &part);
        *taken += part;
    }
    if (error == HPE_OK)
        return HTTP_PROGRESS_MORE;
    if (error == HPE_PAUSED_H2_UPGRADE && !reader->failure)
        return HTTP_PROGRESS_HTTP2;
    if (error != HPE_PAUSED)
        return explain(reader);
    llhttp_resume(&reader->parser);
    return reader->is_complete ? HTTP_PROGRESS_COMPLETE : HTTP_PROGRESS_CONTINUE;
}

/* --- the request --- */

static enum http_verb verb_of(const llhttp_t *parser)
{
    switch (parser->method) {
    case HTTP_GET:
        return HTTP_VERB_GET;
    case HTTP_HEAD:
        return HTTP_VERB_HEAD;
    case HTTP_POST:
        return HTTP_VERB_POST;
    default:
        return HTTP_VERB_OTHER;
    }
}

void http_reader_request(const struct http_reader *reader, struct http_request *request)
{
    const struct http_target target = http_target_split(buf_span(&reader->target));

    request->verb = verb_of(&reader->parser);
    request->body = buf_span(&reader->body);
    request->path = target.path;
    request->query = target.query;
    request->authority = target.authority;
    request->is_absolute = target.is_absolute;
    http_headers_request(&reader->headers, request);
}

const char *http_reader_verb(const struct http_reader *reader)
{
    return reader->is_head_complete ? llhttp_method_name((llhttp_method_t)reader->parser.method) : NULL;
}

bool http_reader_is_old(const struct http_reader *reader)
{
    return reader->parser.http_minor == 0;
}
