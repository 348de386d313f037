/* An answered request, and who is told of it.
 *
 * Whoever moves the bytes fills in one struct http_answer for each response and hands it to
 * one observer, which counts and logs as it likes. */
#ifndef HTTP_HTTP_ANSWER_H
#define HTTP_HTTP_ANSWER_H

#include "sim/http/exchange.h"

struct http_answer {
    const char *verb; /* "POST"; NULL when no head could be read */
    struct span path; /* as sent, or empty */
    struct http_label label;
    int status;              /* of the response, also of one that was dropped on its way */
    size_t body_bytes;       /* of what was sent */
    struct http_fault fault; /* what happened to it on purpose */
    const char *client;      /* "127.0.0.1:50314", or the path of the socket it came in on */
    uint64_t micros;         /* from the complete request until the system has its response */
};

/* The status as it reached the client: 0 when the response was dropped. */
int http_answer_status(const struct http_answer *answer);
size_t http_answer_bytes(const struct http_answer *answer);

/* What a fault did to it, such as "delayed, cut"; static, or NULL. */
const char *http_answer_note(const struct http_answer *answer);

enum http_trouble {
    HTTP_TROUBLE_DETAIL, /* for people who look closely */
    HTTP_TROUBLE_WARNING,
};

/* What an observer is told; every function is there. None may keep what it is given. */
struct http_observer {
    void (*opened)(void *data); /* a client has connected */
    void (*closed)(void *data); /* and has gone */
    void (*answered)(void *data, const struct http_answer *answer);
    void (*troubled)(void *data, enum http_trouble trouble, const char *sentence);
    void *data;
};

#endif
