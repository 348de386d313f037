/* The sending half of a connection: at once if the socket accepts it, later otherwise. */
#ifndef NET_CONNECTION_SEND_H
#define NET_CONNECTION_SEND_H

#include "sim/net/connection_core.h"

/* Sends the session's output. Returns true if everything has been written and the session may be
 * fed again; otherwise input->resume is called once it may. later: give other clients a turn
 * first. */
bool connection_send_output(struct connection *connection, bool later);

/* Like that, for a response: applies its fault. */
bool connection_send_response(struct connection *connection, bool later);

/* Sends a response whose delay is over. */
void connection_send_delayed(struct connection *connection);

#endif
