#include "sim/http/http_lines.h"

#include <string.h>

static const char protocol[] = {'H', 'T', 'T', 'P', '/'};

#define OTHER_PROTOCOL (sizeof protocol + 1)

void http_lines_begin(struct http_lines *lines, enum http_lines_part part)
{
    *lines = (struct http_lines){.is_request_line = part == HTTP_LINES_HEAD, .protocol = OTHER_PROTOCOL};
}

/* Empty lines before a request are ignored (RFC 9112, 2.2). */
static const char *end_line(struct http_lines *lines, uint8_t byte)
{
    if (byte != '\n')
        return "a CR has to be followed by an LF";
    if (lines->len == 0)
        lines->is_over = !lines->is_request_line;
    else if (lines->is_request_line && lines->protocol != sizeof protocol)
        return "the request line has to end with HTTP/1.1";
    else
        lines->is_request_line = false;
    lines->is_after_cr = false;
    lines->len = 0;
    return NULL;
}

static const char *read_request_line(struct http_lines *lines, uint8_t byte)
{
    if (byte >= 0x80)
        return "the request line has a byte that is not ASCII: percent-encode it, such as %C3%A4";
    if (byte == ' ') {
        if (lines->is_after_space)
            return "the request line has two spaces in a row";
        lines->protocol = 0;
    } else if (lines->protocol < sizeof protocol) {
        lines->protocol = byte == (uint8_t)protocol[lines->protocol] ? lines->protocol + 1 : OTHER_PROTOCOL;
    }
    lines->is_after_space = byte == ' ';
    lines->len++;
    return NULL;
}

static const char *read_header(struct http_lines *lines, uint8_t byte)
{
    if (lines->len == 0 && (byte == ' ' || byte == '\t'))
        return "a header begins with a space: it must not be continued on another line";
    if (lines->len == 0 && byte == ':')
        return "a header has no name";
    lines->len++;
    return NULL;
}

static const char *read_byte(struct http_lines *lines, uint8_t byte)
{
    if (lines->is_after_cr)
        return end_line(lines, byte);
    if (byte == '\n')
        return "a line ends with LF alone: it has to end with CR LF";
    if (byte == '\r') {
        lines->is_after_cr = true;
        return NULL;
    }
    return lines->is_request_line ? read_request_line(lines, byte) : read_header(lines, byte);
}

/* How much of a word of the request line needs no look, because it is known whether it begins with HTTP/. */
static size_t rest_of_word(struct http_lines *lines, const uint8_t *data, size_t len)
{
    size_t at = 0;

    if (lines->protocol == 0 && len >= sizeof protocol && memcmp(data, protocol, sizeof protocol) == 0)
        lines->protocol = at = sizeof protocol;
    if (lines->protocol < sizeof protocol)
        return 0;
    while (at < len && data[at] > ' ' && data[at] < 0x80)
        at++;
    lines->is_after_space &= at == 0;
    lines->len += at;
    return at;
}

static bool is_header(const uint8_t *line, size_t len)
{
    return len > 1 && line[0] != ' ' && line[0] != '\t' && line[0] != ':' &&
           memchr(line, '\r', len) == line + len - 1;
}

/* How much of headers that begin here are whole lines in order: nearly always all of them. */
static size_t whole_headers(const uint8_t *data, size_t len)
{
    const uint8_t *end;
    size_t at = 0;

    while ((end = memchr(data + at, '\n', len - at)) && is_header(data + at, (size_t)(end - data) - at))
        at = (size_t)(end - data) + 1;
    return at;
}

/* How much of a header that has begun needs no look: only how its line ends matters. */
static size_t rest_of_header(const uint8_t *data, size_t len)
{
    const uint8_t *end;

    if ((end = memchr(data, '\r', len)))
        len = (size_t)(end - data);
    if ((end = memchr(data, '\n', len)))
        len = (size_t)(end - data);
    return len;
}

/* How much of the input needs no look at each byte. */
static size_t pass_over(struct http_lines *lines, const uint8_t *data, size_t len)
{
    if (lines->is_after_cr)
        return 0;
    if (lines->is_request_line)
        return rest_of_word(lines, data, len);
    return lines->len == 0 ? whole_headers(data, len) : rest_of_header(data, len);
}

size_t http_lines_read(struct http_lines *lines, const uint8_t *data, size_t len, const char **fault)
{
    size_t at = 0;

    *fault = NULL;
    while (at < len && !lines->is_over) {
        at += pass_over(lines, data + at, len - at);
        *fault = at < len ? read_byte(lines, data[at]) : NULL;
        if (*fault || at == len)
            break;
        at++;
    }
    return at;
}
