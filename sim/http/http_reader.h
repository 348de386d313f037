/* Reads requests with llhttp, one after another, without any I/O (RFC 9112).
 *
 *   between requests --first byte--> head --> body --> complete --next read--> ...
 *          |                          |        |
 *          +------ failed: status and sentence say why; the reader cannot be used further
 *
 * http_headers.h says which headers matter. The result does not depend on how the input is split. */
#ifndef HTTP_HTTP_READER_H
#define HTTP_HTTP_READER_H

#include <llhttp.h>

#include "sim/http/exchange.h"
#include "sim/http/http_headers.h"
#include "sim/http/http_lines.h"

enum http_progress {
    HTTP_PROGRESS_MORE,     /* all input was taken, more is needed */
    HTTP_PROGRESS_CONTINUE, /* the client waits for 100 Continue */
    HTTP_PROGRESS_COMPLETE, /* a request is complete */
    HTTP_PROGRESS_HTTP2,    /* the preface of HTTP/2 is complete; nothing may be read any more */
    HTTP_PROGRESS_FAILED,
};

struct http_reader {
    llhttp_t parser;

    /* Public. */
    bool is_in_request;                 /* between the first and the last byte of a request */
    bool is_head_complete;              /* of this request, or of the last complete one */
    bool is_keep_alive;                 /* another request may follow the complete one */
    int failure;                        /* the status to refuse the request with, or 0 */
    char sentence[HTTP_SENTENCE_BYTES]; /* why, and what would be right */

    /* Private. */
    bool is_complete; /* the next read starts a new request */
    bool has_begun;   /* anything but empty lines of it has been read */
    bool is_tls;      /* and that begins as a TLS connection does */
    bool is_before_trailers;
    struct http_lines lines; /* of the head or of the trailers */
    struct http_headers headers;
    size_t head_bytes;   /* read so far, until the head is complete */
    size_t passed_bytes; /* of trailers and chunk extensions */
    struct buf target;
    struct buf body;
};

/* The reader must not be moved afterwards. */
void http_reader_init(struct http_reader *reader);
void http_reader_free(struct http_reader *reader);

/* Reads on, at most to the end of a request. Out: *taken, the number of bytes used; all of
 * them after HTTP_PROGRESS_MORE. Must not be called after HTTP_PROGRESS_FAILED or _HTTP2. */
enum http_progress http_reader_read(struct http_reader *reader, const uint8_t *data, size_t len,
                                    size_t *taken);

/* The request, in spans that are valid until the next read. The path is not empty, but starts
 * with '/' only if the client sent that. Requires is_head_complete. */
void http_reader_request(const struct http_reader *reader, struct http_request *request);

/* The method as sent ("POST"), or NULL while the head is not complete. */
const char *http_reader_verb(const struct http_reader *reader);

/* HTTP/1.0, where a connection closes unless both sides say otherwise. Requires is_head_complete. */
bool http_reader_is_old(const struct http_reader *reader);

/* Frees a large body before the next read, so that an idle client holds little memory. */
void http_reader_drop_body(struct http_reader *reader);

/* The same of the target and the headers, once the complete request is no longer needed. */
void http_reader_drop_head(struct http_reader *reader);

/* How many bytes it has on the heap. */
size_t http_reader_held(const struct http_reader *reader);

#endif
