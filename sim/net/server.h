/* The owner of listeners and connections on one event loop.
 *
 * Life: server_new, listener_open_* and listener_close as often as needed, before and
 * while the loop runs, server_stop, the loop runs until the done callback, server_free.
 * After that the server holds no handle of the loop. */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include <uv.h>

#include "sim/http/http_answer.h"

struct server;
struct listeners;

/* Loop and observer outlive the server. Ignores SIGPIPE for the process unless it has a
 * handler for it. Raise RLIMIT_NOFILE first: clients wait once it is nearly used up. */
struct server *server_new(uv_loop_t *loop, const struct http_observer *observer);

/* What listener_open_* opens on. */
struct listeners *server_listeners(struct server *server);

/* Closes every listener (listener_close_all). Calls done(data), unless done is NULL, once
 * everything is closed; that is always after server_stop has returned. */
void server_stop(struct server *server, void (*done)(void *data), void *data);

/* Allowed once done has been called; also with NULL. */
void server_free(struct server *server);

#endif
