/* One request and its response: the contract between net/ and rpc/.
 *
 * net/ reads a whole request, calls the handler of the listener it came in on,
 * and writes the response. The handler is synchronous and runs on the loop's
 * thread. rpc/ knows nothing of sockets, net/ nothing of methods. */
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

/* What goes wrong on purpose with the way of a response; all zero: nothing. */
struct http_fault {
    uint32_t delay_ms; /* the response waits so long */
    bool fails;        /* the response is the fault's own; said in log and counts alone */
    bool drop;         /* the connection is closed instead */
    bool cut;          /* the connection is closed in the middle of the response */
};

struct http_response {
    int status;               /* 200 unless the handler says otherwise */
    const char *content_type; /* static or from the arena; NULL: no such header */
    const char *headers;      /* further complete header lines, each with CRLF, or NULL */
    struct buf *body;         /* empty at first; the handler appends. For HEAD, net/ sends its length alone */
    const char *method; /* what has answered ("DstackGuest.GetQuote", a page's path), or NULL; lives on */
    bool background;    /* asked by a page or a probe of its own accord: little is said of it */
    struct http_fault fault;
};

struct exchange {
    struct http_request request;
    struct http_response response;
    struct arena *arena; /* reset once the response has been handed over */
};

/* What a listener calls for each complete request. */
struct http_handler {
    void (*serve)(void *context, struct exchange *exchange);
    void *context;
};

/* Turns the response into {"error": "<message>"} with this status: the form of
 * every JSON error, those of net/ itself included. Drops what the body held. */
void exchange_fail(struct http_response *response, int status, const char *message);

#endif
