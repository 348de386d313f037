/* The owner of listeners and connections on one event loop.
 *
 * Call server_new, then listener_open_* and listener_close as often as needed, before and
 * while the loop runs; finally server_stop, run the loop until the done callback, and
 * server_free. After that the server has no handle on the loop. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <uv.h>

#include "sim/http/http_answer.h"

struct server;
struct listeners;

/* loop and observer must outlive the server. Ignores SIGPIPE for the process unless it has a
 * handler. Raise RLIMIT_NOFILE first: when it is nearly used up, clients have to wait. */
struct server *server_new(uv_loop_t *loop, const struct http_observer *observer);

/* Listeners opened later share their TCP ports with other processes of the same user that do the same
 * (SO_REUSEPORT): the system spreads clients over them. A port that the system picks is free all the same. */
void server_share_ports(struct server *server);

/* The argument for listener_open_*. */
struct listeners *server_listeners(struct server *server);

/* Closes every listener (listener_close_all). Calls done(data), unless done is NULL, once
 * everything is closed, but never before server_stop has returned. */
void server_stop(struct server *server, void (*done)(void *data), void *data);

/* Allowed once done has been called. server may be NULL. */
void server_free(struct server *server);

#endif
