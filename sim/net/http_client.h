/* Asks another HTTP server, on the loop: one request on a connection of its own, without blocking anyone. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <uv.h>

#include "sim/base/span.h"

#define HTTP_CLIENT_ANSWER_BYTES (64u * 1024)

struct http_client_request {
    const struct sockaddr_storage *address; /* copied, as everything here */
    const char *verb;                       /* "POST" */
    const char *host;                       /* for the Host header, with its port */
    const char *path;
    struct span body; /* JSON; data NULL: none */
    uint64_t timeout_ms;
};

struct http_client_answer {
    const char *problem; /* why there is none; or NULL */
    int status;
    struct span body; /* at most HTTP_CLIENT_ANSWER_BYTES */
};

struct http_client;

/* Starts asking. on_done is called once, in a later iteration of the loop, unless it is cancelled; the client
 * has gone afterwards. */
struct http_client *http_client_ask(uv_loop_t *loop, const struct http_client_request *request,
                                    void (*on_done)(void *data, const struct http_client_answer *answer),
                                    void *data);

/* Forgets the question; on_done is not called. */
void http_client_cancel(struct http_client *client);

#endif
