/* The head of a response, written into the space before its body. */
#ifndef HTTP_HTTP_HEAD_H
#define HTTP_HTTP_HEAD_H

#include "sim/http/exchange.h"

/* The Connection header; without one, HTTP/1.1 keeps the connection alive. */
enum http_connection { HTTP_CONNECTION_UNSAID, HTTP_CONNECTION_KEEP_ALIVE, HTTP_CONNECTION_CLOSE };

/* How the client finds the end of the body (RFC 9112, 6). */
enum http_framing { HTTP_FRAMING_LENGTH, HTTP_FRAMING_CHUNKS, HTTP_FRAMING_CLOSE };

/* Writes the status line and headers right before the body, a buffer made by
 * buf_init_front with LIMIT_RESPONSE_HEAD_BYTES. There is no Date header, so the same
 * request gets the same bytes.
 * Returns the length of the head, which starts that many bytes before body->data, or
 * 0 if it does not fit. */
size_t http_head_write(const struct http_response *response, enum http_framing framing,
                       enum http_connection connection);

#endif
