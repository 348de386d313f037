/* TLS on one connection, without any I/O: bytes in, bytes out (RFC 5246, RFC 8446).
 *
 *   SHAKING ──steps──▶ OPEN ──the other end closes──▶ CLOSED
 *      └──────────── an error at any time ─────────▶ FAILED: the output is an alert, if any
 *
 * The owner gives what it has received, takes a step of the handshake at a time, as a step may need
 * milliseconds of computation, and sends the output after each call. What comes out does not depend on how
 * the input is split. */
#ifndef NET_TLS_SESSION_H
#define NET_TLS_SESSION_H

#include "sim/base/buf.h"
#include "sim/net/tls_config.h"

#define TLS_SESSION_BYTES (48u * 1024) /* of memory that one holds, about */

/* Input that is kept until the handshake's steps have taken it; no handshake sends more at once. */
#define TLS_SESSION_INPUT_MAX (64u * 1024)

enum tls_phase { TLS_SHAKING, TLS_OPEN, TLS_CLOSED, TLS_FAILED };

struct tls_session;

/* config outlives the session. host: of a client, the name that the server's certificate must have, if the
 * config has a CA; else NULL. A session that cannot be set up has failed from the start. */
struct tls_session *tls_session_new(const struct tls_config *config, const char *host);
void tls_session_free(struct tls_session *session);

enum tls_phase tls_session_state(const struct tls_session *session);

/* Keeps received bytes. Returns false, and fails, if that is more than TLS_SESSION_INPUT_MAX, or if they show
 * certificates that are refused (tls_peer_chain.h). */
bool tls_session_give(struct tls_session *session, const uint8_t *data, size_t len);

/* Takes one step of the handshake. Returns whether another step can be taken now; otherwise the handshake is
 * over, has failed, or needs more input. Requires the state SHAKING. */
bool tls_session_step(struct tls_session *session);

/* Appends all that can be decrypted of the input. The state may change. Requires the state OPEN. */
void tls_session_read(struct tls_session *session, struct buf *plain);

/* Encrypts. Requires the state OPEN or CLOSED. */
void tls_session_write(struct tls_session *session, struct span plain);

/* Says that nothing more will be sent (close_notify). */
void tls_session_close(struct tls_session *session);

/* Takes the bytes to send now, possibly none; valid until the next call for this session. */
struct span tls_session_output(struct tls_session *session);

/* The other end's certificate in DER, verified; empty if there is none. Valid as long as the session. */
struct span tls_session_peer(const struct tls_session *session);

/* Why it has failed; static or in the session. */
const char *tls_session_problem(const struct tls_session *session);

#endif
