/* A response body that is sent while it is made, such as a log that is followed.
 *
 * A handler embeds struct http_stream in a struct of its own on the heap and puts it into
 * response.stream; from then on it belongs to the transport, which pulls one piece after
 * another, each once the socket has taken the one before, and releases it exactly once. To an
 * HTTP/1.1 client the pieces are chunks (RFC 9112, 7.1). */
#ifndef HTTP_HTTP_STREAM_H
#define HTTP_HTTP_STREAM_H

#include "sim/base/buf.h"

#define HTTP_STREAM_PIECE_BYTES (64u * 1024) /* about what pull appends at most */

struct http_stream;

enum http_stream_state {
    HTTP_STREAM_MORE, /* there is more. If nothing was appended, other clients have their turns first */
    HTTP_STREAM_WAIT, /* there is no more for now, whether or not something was appended */
    HTTP_STREAM_END,  /* that was all */
};

struct http_stream_actions {
    enum http_stream_state (*pull)(struct http_stream *stream, struct buf *out);
    void (*release)(struct http_stream *stream); /* the response is over, or the client has left */
};

struct http_stream {
    const struct http_stream_actions *actions;
    uint32_t wait_ms; /* set by pull: how long to wait without a wake; 0: for ever */

    /* Set by the transport. */
    void (*wake)(void *waiter);
    void *waiter;
};

/* Says that a stream that waits has something to pull, which happens in a later iteration of the
 * loop. Allowed at any time until release. */
void http_stream_wake(const struct http_stream *stream);

#endif
