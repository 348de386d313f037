/* One request and its response: the contract between what moves bytes and what answers.
 *
 * net/ reads a whole request, calls the handler of the listener it came in on, and writes
 * the response. The handler is synchronous and runs on the loop's thread. A handler knows
 * nothing of sockets, net/ nothing of methods. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "sim/base/arena.h"
#include "sim/base/buf.h"
#include "sim/base/span.h"

enum http_verb { HTTP_VERB_GET, HTTP_VERB_HEAD, HTTP_VERB_POST, HTTP_VERB_OTHER };

/* All spans live until the handler returns. */
struct http_request {
    enum http_verb verb;
    struct span path;         /* starts with '/', as sent: not percent-decoded */
    struct span query;        /* what follows '?', may be empty; not decoded */
    struct span content_type; /* value of the first Content-Type, or empty */
    struct span body;         /* complete and unchunked */
    bool is_cross_site;       /* a browser asks in the name of another site's page (Sec-Fetch-Site) */
};

/* What happens to a response on its way because a fault is set; all zero: nothing. */
struct http_fault {
    uint32_t delay_ms; /* the response waits so long */
    bool fails;        /* the response is the fault's own; only the log and the counters mention it */
    bool drop;         /* the connection is closed instead */
    bool cut;          /* the connection is closed in the middle of the response */
};

/* What answered a request, for log and counts. */
struct http_label {
    const char *method; /* "DstackGuest.GetQuote", a page's path, or NULL; outlives the request */
    bool is_background; /* polled by a page or a probe: counted, but logged at debug level only */
};

struct http_response {
    int status;               /* 200 unless the handler says otherwise */
    const char *content_type; /* static or from the arena; NULL: no such header */
    const char *headers;      /* further complete header lines, each with CRLF, or NULL */
    struct buf *body;         /* empty at first; the handler appends. A HEAD request gets only its length */
    struct http_label label;
    struct http_fault fault;
};

/* The other end of a TLS connection. */
struct http_peer {
    struct span certificate; /* DER of the client's own certificate; empty when it sent none */
};

struct exchange {
    struct http_request request;
    struct http_response response;
    const struct http_peer *peer; /* NULL on a connection without TLS */
    struct arena *arena;          /* reset once the response has been handed over */
};

/* What a listener calls for each complete request. */
struct http_handler {
    void (*serve)(void *context, struct exchange *exchange);
    void *context;
};

/* Turns the response into {"error": "<message>"} with this status: the form of
 * every JSON error, those of http/ itself included. Drops what the body held. */
void exchange_fail(struct http_response *response, int status, const char *message);

#endif
