/* HTTP/1.1 on one connection, without any I/O: bytes in, bytes out (RFC 9112).
 *
 * The session reads a request, has the handler answer it, and offers the response
 * as output; it reads on when that has been taken. However the input is cut, the
 * output is the same.
 *
 *   READING ──request complete──▶ output offered ──next feed──▶ READING
 *      │                                │
 *      └──── error, or the last ────────┴──▶ OVER: output is the last there will be
 *
 * A request that cannot be read is answered here (400, 408, 413, 417, 431, 501, 505) and ends
 * the session; what a complete request means is the handler's matter. */
#ifndef HTTP_HTTP_SESSION_H
#define HTTP_HTTP_SESSION_H

#include "sim/http/http_answer.h"
#include "sim/http/http_reader.h"

/* What all sessions of a server use one after another. */
struct http_shared {
    struct arena arena; /* of the request being answered */
    struct buf output;  /* of the session fed last */
};

void http_session_shared_init(struct http_shared *shared);
void http_session_shared_free(struct http_shared *shared);

enum http_state { HTTP_READING, HTTP_OVER };

struct http_session {
    struct http_reader reader;
    struct http_shared *shared;
    struct http_handler handler;
    enum http_state state;
    bool is_last;                 /* set by the owner: over after the request being read */
    const struct http_peer *peer; /* set by the owner of a TLS connection, or NULL */
    struct span output;           /* into shared->output, or static */
    bool has_answered;            /* output holds a response, not only 100 Continue */
    struct http_answer answer; /* of that response: client and micros are the owner's to set, and so is what
                                * its fault asks for, but for a cut, which is done in the output */
};

/* shared outlives the session; handler is copied. The session may not be moved afterwards. */
void http_session_init(struct http_session *session, struct http_shared *shared,
                       const struct http_handler *handler);
void http_session_free(struct http_session *session);

/* Reads on. Returns how many bytes were taken: fewer than len when there is output
 * to be sent first, or when the session is over. Output offered before is gone. */
size_t http_session_feed(struct http_session *session, const uint8_t *data, size_t len);

/* Bytes to be sent now; empty when there are none. Valid until any session of the
 * same http_shared is fed. */
struct span http_session_output(const struct http_session *session);

/* The client took too long over its request: answers 408 and is over. Only while
 * reader.is_in_request. */
void http_session_time_out(struct http_session *session);

#endif
