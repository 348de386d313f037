/* A server from the inside: for server.c, which looks after the whole, and listener.c, which
 * opens and closes its parts. */
#ifndef NET_SERVER_INSIDE_H
#define NET_SERVER_INSIDE_H

#include "sim/net/clients.h"

struct server {
    struct clients clients;
    struct listener *listeners; /* in the order of opening, those that are closing included */
    size_t clients_max;         /* further ones wait in the backlog */
    uv_timer_t tick;
    bool is_stopping;
    void (*done)(void *data);
    void *data;

    /* Set by server.c, called by listener.c: a client is about to be accepted; a client or a
     * listener has gone. */
    void (*before_client)(struct server *server);
    void (*on_gone)(struct server *server);
};

#endif
