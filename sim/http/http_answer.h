/* An answered request, and the observer that is told about it.
 *
 * The transport fills in a struct http_answer for each response and passes it to the
 * observer, which counts and logs. */
#ifndef HTTP_HTTP_ANSWER_H
#define HTTP_HTTP_ANSWER_H

#include "sim/http/exchange.h"

struct http_answer {
    const char *verb; /* "POST"; NULL if no complete head was read */
    struct span path; /* as sent, or empty */
    struct http_label label;
    int status;                         /* of the response, even if it was dropped */
    size_t body_bytes;                  /* sent */
    struct http_fault fault;            /* what was injected */
    const struct http_remarks *remarks; /* NULL: there is nothing to say */
    struct span agent;                  /* the User-Agent, cut, or empty */
    const char *client;                 /* "127.0.0.1:50314", or the path of the Unix socket */
    uint64_t micros;                    /* from the complete request until the response is with the kernel */
};

/* The status that the client saw: 0 if the response was dropped. */
int http_answer_status(const struct http_answer *answer);
size_t http_answer_bytes(const struct http_answer *answer);

/* What a fault did to the response, such as "delayed, cut"; static, or NULL. */
const char *http_answer_note(const struct http_answer *answer);

enum http_trouble {
    HTTP_TROUBLE_DETAIL, /* of interest only when debugging */
    HTTP_TROUBLE_WARNING,
};

/* No function may be NULL, and none may keep its arguments. */
struct http_observer {
    void (*opened)(void *data); /* a client has connected */
    void (*closed)(void *data); /* a client has disconnected */
    void (*answered)(void *data, const struct http_answer *answer);
    void (*troubled)(void *data, enum http_trouble trouble, const char *sentence);
    void *data;
};

#endif
