/* The clients of one server, and what they share. */
#ifndef NET_CLIENTS_H
#define NET_CLIENTS_H

#include <uv.h>

#include "sim/http/http_session.h"
#include "sim/net/kept_bytes.h"
#include "sim/net/outbox.h"
#include "sim/net/turns.h"

struct clients {
    uv_loop_t *loop;
    const struct http_observer *observer;
    struct pool pool;
    struct kept_list kept; /* what they have not taken yet of their responses */
    struct http_shared http;
    struct turns turns;
    struct outbox outbox;
    unsigned steps_left;  /* of TLS handshakes, in this turn */
    uint64_t turn_ns;     /* of one client that pipelines, before the others get a turn */
    uint8_t *read_buffer; /* LIMIT_READ_BYTES: reads are handled one at a time */

    /* Set by the owner after clients_init: asks for clients_tick after that time or sooner, and for
     * clients_turn in the next turn of the loop. */
    void (*tick_in)(void *data, uint64_t milliseconds);
    void (*turn_soon)(void *data);
    void *data;
};

/* loop and observer must outlive the clients. */
void clients_init(struct clients *clients, uv_loop_t *loop, const struct http_observer *observer);

/* Call once all clients have gone. */
void clients_free(struct clients *clients);

/* Call it before the loop polls: what follows is another turn. */
void clients_begin_turn(struct clients *clients);

/* Call it after the loop has polled: sends responses that wait for each other. */
void clients_after_poll(struct clients *clients);

/* Call it now and then: frees memory for responses that has not been used since. Returns whether some is
 * left. */
bool clients_shrink(struct clients *clients);

/* Closes clients whose deadlines have passed, sends delayed responses that are due, and then does what
 * clients_turn does. It looks at each client. */
void clients_tick(struct clients *clients);

/* Lets clients go on that wait for a turn. */
void clients_turn(struct clients *clients);

/* Reports, printf-like, a problem that no response mentions to the observer. */
void clients_trouble(const struct clients *clients, enum http_trouble trouble, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
