#include "sim/http/http_headers.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

#include "sim/http/limits.h"

/* The first ones are enum http_kept. */
enum header {
    HEADER_OTHER = HTTP_KEPT_COUNT,
    HEADER_CONTENT_ENCODING,
    HEADER_CONTENT_LENGTH,
    HEADER_TRANSFER_ENCODING,
    HEADER_EXPECT,
    HEADER_FETCH_SITE,
};

#define KEPT(name) (name), sizeof(name) - 1

static const struct {
    const char *name;
    size_t len;
    size_t limit;   /* what is longer is cut; the limit of the head comes first */
    bool is_single; /* a second one is an error, because others may read that one */
} kept[] = {
    [HTTP_KEPT_CONTENT_TYPE] = {KEPT("Content-Type"), LIMIT_HEAD_BYTES, false},
    [HTTP_KEPT_USER_AGENT] = {KEPT("User-Agent"), LIMIT_USER_AGENT_BYTES, false},
    [HTTP_KEPT_AUTHORIZATION] = {KEPT("Authorization"), LIMIT_HEAD_BYTES, false},
    [HTTP_KEPT_ADMIN_TOKEN] = {KEPT("X-Admin-Token"), LIMIT_HEAD_BYTES, false},
    [HTTP_KEPT_HOST] = {KEPT("Host"), LIMIT_HEAD_BYTES, true}, /* RFC 9112, 3.2 */
    [HTTP_KEPT_ORIGIN] = {KEPT("Origin"), LIMIT_HEAD_BYTES, true},
};

void http_headers_init(struct http_headers *headers)
{
    *headers = (struct http_headers){.header = HEADER_OTHER};
    for (int i = 0; i < HTTP_KEPT_COUNT; i++)
        buf_init(&headers->kept[i], kept[i].limit);
}

void http_headers_free(struct http_headers *headers)
{
    for (int i = 0; i < HTTP_KEPT_COUNT; i++)
        buf_free(&headers->kept[i]);
}

void http_headers_drop(struct http_headers *headers)
{
    for (int i = 0; i < HTTP_KEPT_COUNT; i++)
        if (headers->kept[i].data)
            buf_reset_within(&headers->kept[i], LIMIT_KEPT_REQUEST_BYTES);
}

void http_headers_begin(struct http_headers *headers)
{
    http_headers_drop(headers);
    memset(headers->is_kept, 0, sizeof headers->is_kept);
    headers->name.len = 0;
    headers->encoding.len = 0;
    headers->expects_continue = false;
    headers->has_length = headers->has_coding = false;
    headers->has_fetch_site = false;
    headers->is_cross_site = false;
}

size_t http_headers_held(const struct http_headers *headers)
{
    size_t held = 0;

    for (int i = 0; i < HTTP_KEPT_COUNT; i++)
        held += headers->kept[i].capacity;
    return held;
}

static void collect(struct http_token *token, const char *at, size_t len)
{
    size_t room = sizeof token->text - token->len;

    memcpy(token->text + token->len, at, len < room ? len : room);
    token->len += len < room ? len : room;
}

/* Once it is complete. One that fills the room may have been cut, and is none that we know. */
static void trim(struct http_token *token)
{
    if (token->len == sizeof token->text)
        return;
    while (token->len > 0 && (token->text[token->len - 1] == ' ' || token->text[token->len - 1] == '\t'))
        token->len--;
}

/* Inline, so that the length of a literal is known when it is compiled: most differ in it. */
static inline bool is_token(const struct http_token *token, const char *text)
{
    return token->len == strlen(text) && strncasecmp(token->text, text, token->len) == 0;
}

void http_headers_name(struct http_headers *headers, const char *at, size_t len)
{
    collect(&headers->name, at, len);
}

/* Returns HEADER_OTHER for a second one, or -1 if there may be only one. */
static int kept_header(struct http_headers *headers)
{
    for (int i = 0; i < HTTP_KEPT_COUNT; i++)
        if (headers->name.len == kept[i].len && is_token(&headers->name, kept[i].name)) {
            if (headers->is_kept[i])
                return kept[i].is_single ? -1 : HEADER_OTHER;
            headers->is_kept[i] = true;
            return i;
        }
    return HEADER_OTHER;
}

/* Returns -1 if there may be only one. */
static int header_of(struct http_headers *headers)
{
    const struct http_token *name = &headers->name;

    if (is_token(name, "Content-Encoding") && headers->encoding.len == 0)
        return HEADER_CONTENT_ENCODING;
    if (is_token(name, "Content-Length"))
        return HEADER_CONTENT_LENGTH;
    if (is_token(name, "Transfer-Encoding"))
        return HEADER_TRANSFER_ENCODING;
    if (is_token(name, "Expect"))
        return HEADER_EXPECT;
    if (is_token(name, "Sec-Fetch-Site"))
        return headers->has_fetch_site ? -1 : HEADER_FETCH_SITE;
    return kept_header(headers);
}

__attribute__((format(printf, 3, 4))) static int refuse(int status, char sentence[static HTTP_SENTENCE_BYTES],
                                                        const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, HTTP_SENTENCE_BYTES, format, arguments);
    va_end(arguments);
    return status;
}

int http_headers_name_end(struct http_headers *headers, char sentence[static HTTP_SENTENCE_BYTES])
{
    trim(&headers->name);
    headers->header = header_of(headers);
    if (headers->header < 0)
        return refuse(400, sentence, "there are two %.*s headers", (int)headers->name.len,
                      headers->name.text);
    headers->has_length |= headers->header == HEADER_CONTENT_LENGTH;
    headers->has_coding |= headers->header == HEADER_TRANSFER_ENCODING;
    if (headers->has_length && headers->has_coding) /* RFC 9112, 6.1; llhttp's releases differ in this */
        return refuse(400, sentence,
                      "there are both a Content-Length and a Transfer-Encoding: send only one of them");
    headers->name.len = 0;
    headers->value.len = 0;
    return 0;
}

static void append_cut(struct buf *buf, size_t limit, const char *at, size_t len)
{
    size_t room = limit - buf->len;

    buf_append(buf, at, len < room ? len : room);
}

void http_headers_value(struct http_headers *headers, const char *at, size_t len)
{
    if (headers->header < HTTP_KEPT_COUNT)
        append_cut(&headers->kept[headers->header], kept[headers->header].limit, at, len);
    else if (headers->header != HEADER_OTHER && headers->header != HEADER_CONTENT_LENGTH)
        collect(&headers->value, at, len);
}

static bool is_of_other_site(const struct http_token *fetch_site)
{
    return !is_token(fetch_site, "same-origin") && !is_token(fetch_site, "same-site") &&
           !is_token(fetch_site, "none");
}

int http_headers_value_end(struct http_headers *headers, bool is_old,
                           char sentence[static HTTP_SENTENCE_BYTES])
{
    const int header = headers->header;

    headers->header = HEADER_OTHER;
    trim(&headers->value);
    if (header == HEADER_TRANSFER_ENCODING && !is_token(&headers->value, "chunked"))
        return refuse(501, sentence, "the only supported transfer coding is chunked");
    if (header == HEADER_EXPECT && !is_old) { /* RFC 9110, 10.1.1 */
        if (!is_token(&headers->value, "100-continue"))
            return refuse(417, sentence, "the only supported expectation is 100-continue");
        headers->expects_continue = true;
    }
    if (header == HEADER_CONTENT_ENCODING && !is_token(&headers->value, "identity"))
        headers->encoding = headers->value;
    if (header == HEADER_FETCH_SITE) {
        headers->has_fetch_site = true;
        headers->is_cross_site = is_of_other_site(&headers->value);
    }
    return 0;
}

/* What llhttp leaves of the space after a value. */
static struct span trimmed(const struct buf *value)
{
    struct span text = buf_span(value);

    while (text.len && (text.data[text.len - 1] == ' ' || text.data[text.len - 1] == '\t'))
        text.len--;
    return text;
}

void http_headers_request(const struct http_headers *headers, struct http_request *request)
{
    request->content_type = buf_span(&headers->kept[HTTP_KEPT_CONTENT_TYPE]);
    request->user_agent = buf_span(&headers->kept[HTTP_KEPT_USER_AGENT]);
    request->authorization = buf_span(&headers->kept[HTTP_KEPT_AUTHORIZATION]);
    request->admin_token = buf_span(&headers->kept[HTTP_KEPT_ADMIN_TOKEN]);
    request->host = trimmed(&headers->kept[HTTP_KEPT_HOST]);
    request->has_host = headers->is_kept[HTTP_KEPT_HOST];
    request->origin = trimmed(&headers->kept[HTTP_KEPT_ORIGIN]);
    request->has_origin = headers->is_kept[HTTP_KEPT_ORIGIN];
    request->is_cross_site = headers->is_cross_site;
}
