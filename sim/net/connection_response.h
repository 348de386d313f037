/* The sending of a response: what a fault does to it, and its stream (http_stream.h), which is sent
 * piece by piece as the socket accepts them, in turns with other clients, and with a wait where
 * there is nothing to send. */
#ifndef NET_CONNECTION_RESPONSE_H
#define NET_CONNECTION_RESPONSE_H

#include "sim/net/connection_core.h"

/* Sends the session's response. Returns true if everything has been written and the session may be
 * fed again; otherwise input->resume is called once it may. may_wait: for the responses to
 * other clients, as there is no more input that the session has not been fed. */
bool connection_response_send(struct connection *connection, bool may_wait);

/* Sends a response whose delay is over. */
void connection_response_send_delayed(struct connection *connection);

/* Sends the next piece, waits for one, or ends the response; in the last case input->resume is
 * called with the state OPEN. Call it in the state STREAMING when nothing is unsent. */
void connection_response_go_on(struct connection *connection);

/* Calls it in a later iteration of the loop. */
void connection_response_wake(struct connection *connection);

#endif
