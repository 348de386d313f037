/* Every limit of the transport, with its unit. */
#ifndef HTTP_LIMITS_H
#define HTTP_LIMITS_H

#define LIMIT_BODY_BYTES (10u * 1024 * 1024)
#define LIMIT_HEAD_BYTES (16u * 1024) /* request line and headers; likewise trailers and chunk extensions */
#define LIMIT_USER_AGENT_BYTES 120    /* what is kept of it, for the log */
#define LIMIT_RESPONSE_HEAD_BYTES (16u * 1024)
#define LIMIT_RESPONSE_BYTES (64u * 1024 * 1024)

#define LIMIT_CLIENTS 8192       /* connections; further ones wait in the backlog */
#define LIMIT_SPARE_FILES 64     /* descriptors reserved for the rest of the program */
#define LIMIT_BACKLOG 1024       /* a full backlog of a Unix socket fails a client's connect */
#define LIMIT_READ_BYTES 65536   /* per read */
#define LIMIT_WRITE_BYTES 65536  /* per write of what a client has not taken at once */
#define LIMIT_TURN_MICROS 500    /* of one client that pipelines, before the others get a turn */
#define LIMIT_LOOP_MICROS 2000   /* of all clients, before the loop looks for others that have come */
#define LIMIT_HANDSHAKE_STEPS 2  /* of TLS, in a turn of all clients: each may take milliseconds */
#define LIMIT_ACCEPT_PAUSE_MS 10 /* after a failed accept */

#define LIMIT_REQUEST_MS 30000   /* from the first byte of a request to its last */
#define LIMIT_HANDSHAKE_MS 10000 /* of TLS, from its first byte */
#define LIMIT_HTTP2_MS 300       /* from the preface of HTTP/2 to its first request */
#define LIMIT_IDLE_MS 75000      /* between requests; clients keep connections for less */
#define LIMIT_WRITE_MS 30000     /* for a client to take a response */
#define LIMIT_DRAIN_MS 1000 /* keep reading after the last response, so that a reset does not discard it */
#define LIMIT_STOP_MS 5000  /* for requests in flight when the server stops */
#define LIMIT_TICK_MS 250   /* how often deadlines are checked */

/* Of responses that leave together, see sim/net/outbox.h */
#define LIMIT_OUTBOX_MANY 8      /* responses in one turn, for those of the next one to wait for each other */
#define LIMIT_OUTBOX_MICROS 2000 /* of work on what waits */
#define LIMIT_OUTBOX_RESPONSE_BYTES 65536u /* of a body: longer ones do not wait */
#define LIMIT_OUTBOX_BYTES (1024u * 1024)  /* of all that waits */
#define LIMIT_OUTBOX_INPUT_BYTES 4096u     /* before longer input is processed, what waits is sent */

/* Buffers larger than these are freed after use. */
#define LIMIT_KEPT_REQUEST_BYTES 2048 /* per connection, so that thousands may be idle */
#define LIMIT_KEPT_OUTPUT_BYTES (128u * 1024)
#define LIMIT_REUSED_OUTPUT_BYTES (8u * 1024 * 1024) /* smaller ones: after a tick without a large response */

/* Request bodies being received and responses being sent, of all clients together: a client
 * that exceeds it is disconnected, so that slow clients cannot exhaust the machine's memory. */
#define LIMIT_HELD_BYTES (512u * 1024 * 1024)

#endif
