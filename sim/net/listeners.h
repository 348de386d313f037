/* What the listeners of one server share. The server owns it; listener.c works on it. */
#ifndef NET_LISTENERS_H
#define NET_LISTENERS_H

#include "sim/net/clients.h"

struct listeners {
    struct clients clients;
    struct listener *first; /* in the order of opening, those that are closing included */
    size_t clients_max;     /* further ones wait in the backlog */
    bool is_stopping;       /* no more can be opened */

    /* Set by the owner: a client is about to be accepted; a client or a listener has gone. */
    void (*before_client)(void *data);
    void (*on_gone)(void *data);
    void *data;
};

#endif
