/* A listener from the inside: for listener.c, and for server.c, which looks after all of them. */
#ifndef NET_LISTENER_INSIDE_H
#define NET_LISTENER_INSIDE_H

#include "sim/net/address.h"
#include "sim/net/connection.h"
#include "sim/net/listener.h"
#include "sim/net/server_inside.h"
#include "sim/net/unix_socket.h"

#define LISTENER_SOCKETS_MAX 2 /* localhost has two addresses */

struct listener_socket {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct listener *listener;
    char url[ADDRESS_BYTES + 8]; /* empty for a Unix socket, and for one that could not listen */
    bool client_waits;           /* not accepted yet */
};

struct listener {
    struct listener *next;
    struct server *server;
    struct listener_service service;
    struct connection_origin origin;
    struct listener_socket sockets[LISTENER_SOCKETS_MAX];
    size_t socket_count;
    size_t open_sockets; /* that are not closed yet */
    size_t clients;
    struct unix_socket file; /* its own; path is NULL for TCP and for a passed socket */
    char *path;              /* heap, or NULL for TCP */
    bool is_serving;
    bool is_closing;
};

/* Accepts those who had to wait while there were too many clients. */
void listener_accept_waiting(struct listener *listener);

#endif
