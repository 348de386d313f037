/* TLS on a connection: its handshake, and what is decrypted afterwards.
 *
 * A connection in the state SHAKING keeps what it receives. The steps of all handshakes are taken by
 * clients_tick, LIMIT_HANDSHAKE_STEPS of them in a turn, because they compute for milliseconds; then the
 * state is OPEN, and everything else is as without TLS. */
#ifndef NET_CONNECTION_TLS_H
#define NET_CONNECTION_TLS_H

#include "sim/net/connection_core.h"

/* Makes a connection that has just been accepted one with TLS. */
void connection_tls_begin(struct connection *connection);

/* Takes received bytes; calls input->take with what they say. */
void connection_tls_receive(struct connection *connection, const uint8_t *data, size_t len);

/* In the state SHAKING: takes a step, or gives up a handshake that has lasted too long. */
void connection_tls_on_deadline(struct connection *connection);

/* In the state SHAKING, when nothing is unsent: reads on, or goes on in the next turn. */
void connection_tls_go_on(struct connection *connection);

/* Whether the client has said that it sends no more. */
bool connection_tls_has_ended(const struct connection *connection);

#endif
