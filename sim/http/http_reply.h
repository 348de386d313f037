/* Reads one response with llhttp, without any I/O (RFC 9112): what another server answers to us. */
#ifndef HTTP_HTTP_REPLY_H
#define HTTP_HTTP_REPLY_H

#include <llhttp.h>

#include "sim/base/buf.h"

enum http_reply_state { HTTP_REPLY_READING, HTTP_REPLY_COMPLETE, HTTP_REPLY_FAILED };

struct http_reply {
    llhttp_t parser;
    enum http_reply_state state;
    int status;
    struct buf body;
    const char *problem; /* static: why it has failed */
};

/* body_max: a longer body fails. The reply must not be moved afterwards. */
void http_reply_init(struct http_reply *reply, size_t body_max);
void http_reply_free(struct http_reply *reply);

/* Reads on; what follows a complete response is ignored. */
void http_reply_read(struct http_reply *reply, const uint8_t *data, size_t len);

/* The server has closed the connection, which may complete the response. */
void http_reply_end(struct http_reply *reply);

#endif
