/* Asks another HTTP server, on the loop: one request on a connection of its own, without blocking anyone.
 *
 * With TLS, a turn of the loop takes one step of the handshake, as a step may compute for milliseconds. */
#ifndef NET_HTTP_CLIENT_H
#define NET_HTTP_CLIENT_H

#include <uv.h>

#include "sim/base/span.h"
#include "sim/net/tls_config.h"

#define HTTP_CLIENT_ANSWER_BYTES (64u * 1024)

struct http_client_request {
    const struct sockaddr_storage *address; /* copied, as all texts here */
    const char *verb;                       /* "POST" */
    const char *host;                       /* for the Host header, with its port */
    const char *path;
    struct span body;             /* JSON; data NULL: none */
    uint64_t connect_timeout_ms;  /* 0: only the next one */
    uint64_t timeout_ms;          /* for all of it */
    size_t answer_bytes;          /* the longest body that is taken; 0: HTTP_CLIENT_ANSWER_BYTES */
    const struct tls_config *tls; /* of a client; outlives on_done; NULL: no TLS */
    const char *tls_name;         /* what the server's certificate is for, if tls has a CA */
};

struct http_client_answer {
    const char *problem; /* why there is none; or NULL */
    bool is_connected;   /* the server has been reached */
    int status;
    struct span body;        /* at most as long as the request says */
    struct span certificate; /* the server's, in DER; or nothing */
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
