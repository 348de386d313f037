/* HTTP/1.1 on one connection, without any I/O: bytes in, bytes out (RFC 9112).
 *
 * The session reads a request, calls the handler, and offers the response as output;
 * it reads on once that has been taken. The output does not depend on how the input
 * is split.
 *
 *   READING ──request complete──▶ output offered ──next feed──▶ READING
 *      │                                │
 *      └──── error, or the last ────────┴──▶ OVER: no more output will follow
 *
 * A request that cannot be read is answered here (400, 408, 413, 415, 417, 431, 501, 505) and ends
 * the session; complete requests are left to the handler. */
#ifndef HTTP_HTTP_SESSION_H
#define HTTP_HTTP_SESSION_H

#include "sim/http/http2_refusal.h"
#include "sim/http/http_answer.h"
#include "sim/http/http_head.h"
#include "sim/http/http_reader.h"

/* What all sessions of a server use in turn. */
struct http_shared {
    struct arena arena; /* of the request being answered */
    struct buf output;  /* of the last session fed; its owner may exchange it once it has been taken */
    bool was_large;     /* one of the outputs since http_session_shared_shrink; private */
};

void http_session_shared_init(struct http_shared *shared);
void http_session_shared_free(struct http_shared *shared);

/* Call it regularly while it returns true, and at least once after a session was fed: frees the memory of large
 * outputs once there has been none since the call before. Until then they use it again, because new pages take
 * half of the time of a large response. Invalidates output. Returns whether there is still such memory. */
bool http_session_shared_shrink(struct http_shared *shared);

/* READS_HTTP2: the client speaks HTTP/2, and is refused in it once it asks for something. */
enum http_state { HTTP_READING, HTTP_READS_HTTP2, HTTP_OVER };

struct http_session {
    struct http_reader reader;
    struct http2_refusal http2;
    struct http_shared *shared;
    struct http_handler handler;
    enum http_state state;
    bool is_last;                 /* set by the owner: end after the current request */
    const struct http_peer *peer; /* set by the owner of a TLS connection, or NULL */
    struct span output;           /* into shared->output, or static */
    bool has_answered;            /* output holds a response, not just 100 Continue */
    struct http_hold *hold;       /* the request waits for it, see http_session_resume; or NULL */
    struct http_stream *stream;   /* what follows that output, see http_session_pull; or NULL */
    enum http_framing framing;    /* of the response */
    struct http_answer answer;    /* of that response: the owner sets client and micros, and carries out the
                                * fault, except for a cut, which the output already has */
    struct http_remarks *remarks; /* private, heap: of that response, or NULL */
};

/* shared outlives the session; handler is copied. The session must not be moved afterwards. */
void http_session_init(struct http_session *session, struct http_shared *shared,
                       const struct http_handler *handler);
void http_session_free(struct http_session *session);

/* Reads on. Returns how many bytes were taken: fewer than len if there is output to be
 * sent first or the session is over. Invalidates earlier output. */
size_t http_session_feed(struct http_session *session, const uint8_t *data, size_t len);

/* The bytes to send now, possibly none. Valid until any session of the same http_shared
 * is fed. */
struct span http_session_output(const struct http_session *session);

/* The output has been sent, or is kept elsewhere: wipes it. */
void http_session_forget_output(struct http_session *session);

/* Offers the next piece of the stream as output; requires `stream`, which is NULL once the last
 * piece has been offered. Until then the session must not be fed. Returns true if the stream has
 * to be waited for after the output, which may then be empty; otherwise pull again once it has
 * been sent. A session that is_last ends its stream. */
bool http_session_pull(struct http_session *session);

/* Serves the request again that is held; requires `hold`. There is output afterwards, or it is held still,
 * perhaps by another one. Until it has been answered, the session must not be fed. */
void http_session_resume(struct http_session *session);

/* The client speaks plain HTTP where TLS is spoken: answers 400, and ends the session. Nothing has been fed. */
void http_session_refuse_plain(struct http_session *session);

/* The client took too long to send its request: answers 408, or 400 in HTTP/1.1 to one that began
 * with the preface of HTTP/2, and ends the session. Requires reader.is_in_request. */
void http_session_time_out(struct http_session *session);

#endif
