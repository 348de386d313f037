/* The answer to a client that speaks HTTP/2 from the start (RFC 9113, 3.3), as curl does with
 * --http2-prior-knowledge. It shows nothing of an answer in HTTP/1.1, so it gets the 400 in
 * frames of its own: its first stream gets a response, once the request is whole. */
#ifndef HTTP_HTTP2_REFUSAL_H
#define HTTP_HTTP2_REFUSAL_H

#include "sim/base/buf.h"

#define HTTP2_FRAME_HEAD_BYTES 9
#define HTTP2_REFUSAL_HEAD_BYTES 64             /* more than enough before the body */
#define HTTP2_REFUSAL_READ_MAX (2u * 64 * 1024) /* twice what a client may send unasked (RFC 9113, 6.9.2) */

/* Initially all zero. */
struct http2_refusal {
    uint8_t head[HTTP2_FRAME_HEAD_BYTES]; /* of the frame being read */
    size_t head_len;
    size_t rest;     /* bytes of that frame still to pass over */
    size_t read;     /* bytes in all */
    uint32_t stream; /* the first that the client has opened, or 0 */
    bool has_end;    /* the request ends with the frame being read */
};

/* Reads what follows the client's preface. Returns whether it is time to answer: a request is
 * whole, or the client has sent HTTP2_REFUSAL_READ_MAX bytes. */
bool http2_refusal_read(struct http2_refusal *refusal, const uint8_t *data, size_t len);

/* Makes a response with status 400 and this JSON as its body of the buffer, which has
 * HTTP2_REFUSAL_HEAD_BYTES free in front (buf_init_front). Requires a stream. Returns how many
 * bytes come before body->data; the buffer goes on to the end of the response. */
size_t http2_refusal_write(const struct http2_refusal *refusal, struct buf *body);

#endif
