/* The clients of one server, and what they share. */
#ifndef NET_CLIENTS_H
#define NET_CLIENTS_H

#include <uv.h>

#include "sim/http/http_session.h"
#include "sim/net/pool.h"

struct clients {
    uv_loop_t *loop;
    const struct http_observer *observer;
    struct pool pool;
    struct http_shared http;
    uint8_t *read_buffer; /* LIMIT_READ_BYTES: reads are handled one at a time */

    /* Set by the owner afterwards: clients_tick is due as soon as that. */
    void (*tick_in)(void *data, uint64_t milliseconds);
    void *data;
};

/* Loop and observer outlive them. */
void clients_init(struct clients *clients, uv_loop_t *loop, const struct http_observer *observer);

/* Once all have gone. */
void clients_free(struct clients *clients);

/* Closes those whose deadlines have passed, and sends the responses that have waited long
 * enough. */
void clients_tick(struct clients *clients);

/* Something went wrong that no response tells: printf into one sentence for the observer. */
void clients_trouble(const struct clients *clients, enum http_trouble trouble, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
