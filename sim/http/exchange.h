/* One request and its response: the contract between the transport and the handlers.
 *
 * net/ reads a complete request, calls the handler of the listener it arrived on, and writes
 * the response. The handler is synchronous and runs on the loop's thread. Handlers know
 * nothing about sockets, net/ nothing about methods. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include "sim/base/arena.h"
#include "sim/base/buf.h"
#include "sim/base/span.h"
#include "sim/http/http_host.h"
#include "sim/http/http_hold.h"
#include "sim/http/http_remarks.h"
#include "sim/http/http_stream.h"

enum http_verb { HTTP_VERB_GET, HTTP_VERB_HEAD, HTTP_VERB_POST, HTTP_VERB_OTHER };

/* All spans live until the handler returns. */
struct http_request {
    enum http_verb verb;
    struct span path;          /* starts with '/', as sent: not percent-decoded */
    struct span query;         /* what follows '?', may be empty; not decoded */
    struct span content_type;  /* value of the first Content-Type, or empty */
    struct span user_agent;    /* the first LIMIT_USER_AGENT_BYTES of the first User-Agent, or empty */
    struct span authorization; /* value of the first Authorization, or empty; secret */
    struct span admin_token;   /* value of the first X-Admin-Token, or empty; secret */
    struct span body;          /* complete and unchunked */
    struct span host;          /* the Host header, or empty */
    bool has_host;
    struct span authority; /* the host of an absolute target, which takes precedence, or empty */
    bool is_absolute;      /* the target is */
    struct span origin;    /* the Origin header, or empty */
    bool has_origin;
    bool is_cross_site; /* sent by a browser on behalf of another site (Sec-Fetch-Site, Origin) */
};

/* What a fault does to the response; all zero: nothing. */
struct http_fault {
    uint32_t delay_ms; /* how long the response is held back */
    bool fails;        /* the response is the fault's error; only for the log and the counters */
    bool drop;         /* the connection is closed instead */
    bool cut;          /* the connection is closed in the middle of the response */
    bool garbage;      /* the response has been replaced; only for the log */
};

/* What answered a request, for the log and the counters. */
struct http_label {
    const char *method; /* "DstackGuest.GetQuote", the path of a page, or NULL; outlives the request */
    bool is_background; /* polled by a page or a probe: counted, but logged at debug level only */
};

struct http_response {
    int status;                 /* 200 unless the handler says otherwise */
    const char *content_type;   /* static or from the arena; NULL: no such header */
    const char *headers;        /* more header lines, each with its CRLF, or NULL */
    struct buf *body;           /* empty at first; the handler appends. For HEAD only its length is sent */
    struct http_stream *stream; /* instead of a body, one that is made while it is sent; or NULL */
    struct http_hold *hold;     /* instead of all of this: serve the request again later; or NULL */
    struct http_label label;
    struct http_fault fault;
    struct http_remarks remarks;
};

/* The other end of a TLS connection. */
struct http_peer {
    struct span certificate; /* the client's leaf certificate in DER; empty if it sent none */
};

struct exchange {
    struct http_request request;
    struct http_response response;
    const struct http_peer *peer; /* NULL on a connection without TLS */
    struct http_hold *hold;       /* what the request was held with before, or NULL */
    struct arena *arena;          /* reset once the response has been taken */
};

/* What a listener calls for each complete request. */
struct http_handler {
    void (*serve)(void *context, struct exchange *exchange);
    void *context;
    const struct http_hosts *hosts; /* what requests may be for; NULL: anything, as on a Unix socket */
};

/* Makes it 200 with that body, which has to be empty, and with nothing else. */
void exchange_begin(struct http_response *response, struct buf *body);

/* Turns the response into {"error": "<message>"} with this status, the form of every
 * JSON error, including those of http/ itself. Discards the previous body. The message is
 * also the reason in the remarks, so it must not repeat a value of the request. */
void exchange_fail(struct http_response *response, int status, const char *message);

/* The same for a message that may repeat one: the reason does not. */
void exchange_fail_quoting(struct http_response *response, int status, const char *message,
                           const char *reason);

/* Sets the reason alone, for a response that is not such an error. */
void exchange_explain(struct http_response *response, const char *reason);

#endif
