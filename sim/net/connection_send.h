/* The sending half of a connection: at once if the socket accepts it, later otherwise. */
#ifndef NET_CONNECTION_SEND_H
#define NET_CONNECTION_SEND_H

#include "sim/net/connection_core.h"

/* Sends the session's output. Returns true if everything has been written and the session may be
 * fed again; otherwise input->resume is called once it may. later: give other clients a turn
 * first. */
bool connection_send_output(struct connection *connection, bool later);

/* Sends the output, the response to all input so far, with those to other clients: see outbox.h. Returns as
 * connection_send_output does; what waits counts as written. */
bool connection_send_with_others(struct connection *connection);

/* Sends what waits in the outbox, that of others too. Returns as connection_send_output does. */
bool connection_send_waiting(struct connection *connection);

/* For the connection's slot. */
void connection_send_from_outbox(struct outbox_slot *slot, struct span bytes, ssize_t result);

/* Sends bytes as they are, which TLS has written. Returns true if everything has been written; otherwise
 * input->resume is called once it has. */
bool connection_send_written(struct connection *connection, struct span bytes, bool later);

/* The two halves of connection_send_output: keeps bytes as `unsent` and stops reading, or drops the
 * connection and returns false if all connections hold too much; writes `unsent` in later iterations of
 * the loop, as the socket accepts it, LIMIT_WRITE_BYTES at a time and in turns with other clients. */
bool connection_send_keep(struct connection *connection, struct span rest);
void connection_send_kept(struct connection *connection);

/* Writes the next part of `unsent`, of which nothing is being written. */
void connection_send_go_on(struct connection *connection);

#endif
