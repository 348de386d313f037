#include "sim/http/http_head.h"

#include "sim/http/limits.h"

/* RFC 9110, 15. Phrases are only for people, so rare statuses have none. */
static const char *status_and_phrase(int status)
{
    switch (status) {
    case 200:
        return "200 OK";
    case 400:
        return "400 Bad Request";
    case 401:
        return "401 Unauthorized";
    case 403:
        return "403 Forbidden";
    case 404:
        return "404 Not Found";
    case 405:
        return "405 Method Not Allowed";
    case 408:
        return "408 Request Timeout";
    case 410:
        return "410 Gone";
    case 413:
        return "413 Content Too Large";
    case 415:
        return "415 Unsupported Media Type";
    case 417:
        return "417 Expectation Failed";
    case 431:
        return "431 Request Header Fields Too Large";
    case 500:
        return "500 Internal Server Error";
    case 501:
        return "501 Not Implemented";
    case 503:
        return "503 Service Unavailable";
    case 505:
        return "505 HTTP Version Not Supported";
    default:
        return NULL;
    }
}

/* Like the headers below, without the end of its line, with which the next one begins. */
static void append_status_line(struct buf *head, int status)
{
    const char *known = status_and_phrase(status);

    buf_append_text(head, "HTTP/1.1 ");
    if (known) {
        buf_append_text(head, known);
    } else {
        buf_append_decimal(head, (uint64_t)status);
        buf_append_byte(head, ' ');
    }
}

static void append_framing(struct buf *head, const struct http_response *response, enum http_framing framing)
{
    if (framing == HTTP_FRAMING_CHUNKS) {
        buf_append_text(head, "\r\nTransfer-Encoding: chunked");
    } else if (framing == HTTP_FRAMING_LENGTH) {
        buf_append_text(head, "\r\nContent-Length: ");
        buf_append_decimal(head, response->body->len);
    }
}

static void append_connection(struct buf *head, enum http_connection connection)
{
    if (connection == HTTP_CONNECTION_CLOSE)
        buf_append_text(head, "\r\nConnection: close");
    else if (connection == HTTP_CONNECTION_KEEP_ALIVE)
        buf_append_text(head, "\r\nConnection: keep-alive");
}

size_t http_head_write(const struct http_response *response, enum http_framing framing,
                       enum http_connection connection)
{
    uint8_t memory[LIMIT_RESPONSE_HEAD_BYTES];
    struct buf head;

    buf_over(&head, memory, sizeof memory);
    append_status_line(&head, response->status);
    if (response->content_type) {
        buf_append_text(&head, "\r\nContent-Type: ");
        buf_append_text(&head, response->content_type);
    }
    append_framing(&head, response, framing);
    append_connection(&head, connection);
    buf_append_text(&head, "\r\n");
    if (response->headers)
        buf_append_text(&head, response->headers);
    buf_append_text(&head, "\r\n");
    if (head.has_overflowed || !buf_reserve(response->body, 0))
        return 0;
    memcpy(response->body->data - head.len, head.data, head.len);
    return head.len;
}
