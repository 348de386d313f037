#include "sim/http/http_head.h"

#include "sim/http/limits.h"

/* RFC 9110, 15. Phrases are only for people, so rare statuses have none. */
static const char *reason_phrase(int status)
{
    switch (status) {
    case 200:
        return "OK";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 408:
        return "Request Timeout";
    case 410:
        return "Gone";
    case 413:
        return "Content Too Large";
    case 415:
        return "Unsupported Media Type";
    case 417:
        return "Expectation Failed";
    case 431:
        return "Request Header Fields Too Large";
    case 500:
        return "Internal Server Error";
    case 501:
        return "Not Implemented";
    case 503:
        return "Service Unavailable";
    case 505:
        return "HTTP Version Not Supported";
    default:
        return "";
    }
}

static void append_framing(struct buf *head, const struct http_response *response, enum http_framing framing)
{
    if (framing == HTTP_FRAMING_CHUNKS) {
        buf_append_text(head, "Transfer-Encoding: chunked\r\n");
    } else if (framing == HTTP_FRAMING_LENGTH) {
        buf_append_text(head, "Content-Length: ");
        buf_append_decimal(head, response->body->len);
        buf_append_text(head, "\r\n");
    }
}

static void append_headers(struct buf *head, const struct http_response *response, enum http_framing framing,
                           enum http_connection connection)
{
    if (response->content_type) {
        buf_append_text(head, "Content-Type: ");
        buf_append_text(head, response->content_type);
        buf_append_text(head, "\r\n");
    }
    append_framing(head, response, framing);
    if (connection == HTTP_CONNECTION_CLOSE)
        buf_append_text(head, "Connection: close\r\n");
    else if (connection == HTTP_CONNECTION_KEEP_ALIVE)
        buf_append_text(head, "Connection: keep-alive\r\n");
    if (response->headers)
        buf_append_text(head, response->headers);
    buf_append_text(head, "\r\n");
}

size_t http_head_write(const struct http_response *response, enum http_framing framing,
                       enum http_connection connection)
{
    uint8_t memory[LIMIT_RESPONSE_HEAD_BYTES];
    struct buf head;

    buf_over(&head, memory, sizeof memory);
    buf_append_text(&head, "HTTP/1.1 ");
    buf_append_decimal(&head, (uint64_t)response->status);
    buf_append_text(&head, " ");
    buf_append_text(&head, reason_phrase(response->status));
    buf_append_text(&head, "\r\n");
    append_headers(&head, response, framing, connection);
    if (head.has_overflowed || !buf_reserve(response->body, 0))
        return 0;
    memcpy(response->body->data - head.len, head.data, head.len);
    return head.len;
}
