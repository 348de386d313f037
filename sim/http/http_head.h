/* The head of a response, written into the room in front of its body. */
#ifndef HTTP_HTTP_HEAD_H
#define HTTP_HTTP_HEAD_H

#include "sim/http/exchange.h"

/* What is said of the connection: nothing is what HTTP/1.1 keeps alive. */
enum http_connection { HTTP_CONNECTION_UNSAID, HTTP_CONNECTION_KEEP_ALIVE, HTTP_CONNECTION_CLOSE };

/* Writes status line and headers right in front of the body, which is a buffer
 * with LIMIT_RESPONSE_HEAD_BYTES in front (buf_init_front). There is no Date: the
 * same request gets the same bytes.
 * Returns the length of the head, so that the response starts at body->data minus
 * that, or 0 when it does not fit. */
size_t http_head_write(const struct http_response *response, enum http_connection connection);

#endif
