/* What the listeners of one server share. The server owns it; listener.c maintains it. */
#ifndef NET_LISTENERS_H
#define NET_LISTENERS_H

#include "sim/net/clients.h"

struct listeners {
    struct clients clients;
    struct listener *first, *last; /* in order of opening, including those that are closing */
    size_t waiting;                /* sockets with a client that is not accepted yet */
    size_t clients_max;            /* further ones wait in the backlog */
    bool is_stopping;              /* no more can be opened */
    bool shares_ports;             /* TCP ports that are given may be those of other processes */

    /* Set by the owner. */
    void (*before_client)(void *data); /* a client is about to be accepted */
    void (*on_gone)(void *data);       /* a client or a listener has gone */
    void *data;
};

#endif
