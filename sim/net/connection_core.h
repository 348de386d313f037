/* The state of a connection, and what its parts share: closing it, its deadline, its memory.
 *
 * Private to connection.c, which receives, and to connection_send.c and connection_response.c, which
 * send. */
#ifndef NET_CONNECTION_CORE_H
#define NET_CONNECTION_CORE_H

#include "sim/net/address.h"
#include "sim/net/connection_origin.h"
#include "sim/net/socket.h"
#include "sim/net/tls_session.h"

/* SHAKING   the handshake of TLS: see connection_tls.h
 * OPEN      reading, unless `unsent` is being written
 * HELD      a request waits for another program's answer: see http_hold.h
 * WAITING   `unsent` is a response that a fault delays until the deadline
 * STREAMING a response with a stream is being sent: see connection_response.h
 * DRAINING  the last response is written; input is discarded until the client closes, so
 *           that a reset does not overtake the response
 * CLOSED    uv_close has been called; late callbacks do nothing */
enum connection_state { OPEN, SHAKING, HELD, WAITING, STREAMING, DRAINING, CLOSED };

struct connection;

/* What the sending half asks of the receiving half. */
struct connection_input {
    void (*start)(struct connection *connection);  /* read from the socket */
    void (*resume)(struct connection *connection); /* the kept output has been written: go on */
    /* Input, decrypted; or none, with UV_EOF or another error as its length. */
    void (*take)(struct connection *connection, const uint8_t *data, ssize_t len);
};

struct connection {
    struct pool_member member; /* first, because of_member casts */
    union net_socket socket;
    struct clients *clients;
    const struct connection_origin *origin;
    const struct connection_input *input;
    struct http_session session;
    struct tls_session *tls; /* or NULL */
    struct http_peer peer;   /* of TLS */
    bool has_step;           /* the handshake can go on at once */
    uint64_t handshake_ends; /* ms of the loop's clock: it is given up then */
    enum connection_state state;
    struct turns_waiter turn; /* with what can go on once others have had their turns */
    struct outbox_slot slot;  /* a response in the outbox: OPEN, not in a request, no input unread */
    bool is_fed;              /* inside http_session_feed, possibly in a handler */
    uint64_t ends_at;         /* upper bound of deadlines once the origin is closing; POOL_NEVER before */
    uint64_t started;         /* uv_hrtime when the last answered request was complete */
    struct buf unread;        /* input received while a response is waiting or being written */
    struct kept_bytes
        *unsent; /* its last unsent_len bytes are being written, delayed or wait for a turn; or NULL */
    size_t unsent_len;
    size_t part_len; /* of it, what is being written */
    uv_write_t write;
    uv_shutdown_t shutdown;
    char client[ADDRESS_BYTES]; /* for the log; empty on a Unix socket, whose clients have no address */
};

/* Closes the socket; the connection is freed in a later iteration of the loop. */
void connection_core_close(struct connection *connection);

/* With TLS, says that nothing more will be sent, as far as the socket accepts it. Nothing may be unsent. */
void connection_core_say_goodbye(struct connection *connection);

/* After the last response: sends no more, and drains the input until the client closes. */
void connection_core_finish(struct connection *connection);

/* Neither in a request nor sending. */
bool connection_core_is_idle(const struct connection *connection);

/* Lets other clients have their turns before connection.c's on_turn is called. */
void connection_core_wait_for_turn(struct connection *connection);

/* The same if the turn of the loop is over; otherwise on_turn is called at once. */
void connection_core_go_on_in_turn(struct connection *connection);

/* Sets when connection.c's on_deadline is to be called. */
void connection_core_set_deadline(struct connection *connection, uint64_t milliseconds);

/* Tells the pool how much memory this connection holds. Returns false if that exceeds the
 * limit for all connections together. */
bool connection_core_account(struct connection *connection);

/* Closes a connection because the limit for all together is reached, and says so. */
void connection_core_drop(struct connection *connection);

/* Tells the pool as well, and drops a connection that exceeds the limit. */
void connection_core_check_account(struct connection *connection);

/* Sets the time that the last response took, once. */
void connection_core_take_time(struct connection *connection);

/* Reports the last response to the observer. */
void connection_core_tell(struct connection *connection);

#endif
