/* Reading requests with llhttp, one after another, without any I/O (RFC 9112).
 *
 *   between requests --first byte--> head --> body --> complete --next read--> ...
 *          |                          |        |
 *          +------ failed: status and reason say why; there is no way on
 *
 * A Content-Type is kept, four other headers are minded (Content-Length,
 * Transfer-Encoding, Expect, Sec-Fetch-Site), and the rest is passed over. However the input is
 * cut, the outcome is the same. */
#ifndef HTTP_HTTP_READER_H
#define HTTP_HTTP_READER_H

#include <llhttp.h>

#include "sim/http/exchange.h"

enum http_progress {
    HTTP_PROGRESS_MORE,     /* all was taken, and more has to come */
    HTTP_PROGRESS_CONTINUE, /* the client waits for 100 Continue */
    HTTP_PROGRESS_COMPLETE, /* a request is complete */
    HTTP_PROGRESS_FAILED,
};

/* The start of a short text that comes in pieces. */
struct http_token {
    char text[24]; /* longer than any that is looked for */
    size_t len;
};

struct http_reader {
    llhttp_t parser;

    /* To be looked at. */
    bool is_in_request;    /* its first byte has come, its last has not */
    bool is_head_complete; /* of this request, or the one completed last */
    bool is_keep_alive;    /* of a complete request: another may follow it */
    int failure;           /* the status to refuse it with, or 0 */
    const char *reason;    /* a sentence, static */
    const char *detail;    /* what llhttp says of it, static, or NULL */

    bool is_complete; /* what is kept is given up at the next read */
    bool expects_continue;
    bool is_cross_site;
    bool has_content_type;
    size_t head_bytes;   /* read so far, while the head is not complete */
    size_t passed_bytes; /* of trailers and chunk extensions */
    struct buf target;
    struct buf content_type;
    struct buf body;
    struct http_token name; /* of the header being read */
    bool name_has_space;
    struct http_token value;
    int header; /* which that is: enum in http_reader.c */
};

/* The reader may not be moved afterwards. */
void http_reader_init(struct http_reader *reader);
void http_reader_free(struct http_reader *reader);

/* Reads on, up to the end of a request at most. taken: how many bytes were; all of
 * them after HTTP_PROGRESS_MORE. Not to be called after HTTP_PROGRESS_FAILED. */
enum http_progress http_reader_read(struct http_reader *reader, const uint8_t *data, size_t len,
                                    size_t *taken);

/* The request, in spans that are valid until the next read. The path is not empty; it
 * starts with '/' unless the client sent something else. Allowed once is_head_complete. */
void http_reader_request(const struct http_reader *reader, struct http_request *request);

/* The method as sent ("POST"), or NULL while the head is not complete. */
const char *http_reader_verb(const struct http_reader *reader);

/* HTTP/1.0, which closes unless both sides say otherwise. Allowed once is_head_complete. */
bool http_reader_is_old(const struct http_reader *reader);

/* Gives the body up before the next read, so that a client that has been answered
 * holds little memory. */
void http_reader_drop_body(struct http_reader *reader);

#endif
