#include "sim/net/clients.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"

void clients_init(struct clients *clients, uv_loop_t *loop, const struct http_observer *observer)
{
    *clients = (struct clients){
        .loop = loop,
        .observer = observer,
        .turn_ns = LIMIT_TURN_MICROS * UINT64_C(1000),
        .turns = {.limit_ns = LIMIT_LOOP_MICROS * UINT64_C(1000)},
        .read_buffer = memory_alloc(LIMIT_READ_BYTES),
    };
    clients->kept.pool = &clients->pool;
    outbox_init(&clients->outbox, LIMIT_OUTBOX_MICROS * UINT64_C(1000));
    http_session_shared_init(&clients->http);
}

void clients_free(struct clients *clients)
{
    http_session_shared_free(&clients->http);
    outbox_free(&clients->outbox);
    free(clients->read_buffer);
}

void clients_begin_turn(struct clients *clients)
{
    outbox_begin_turn(&clients->outbox, clients->turns.first != NULL);
    turns_begin(&clients->turns);
}

void clients_after_poll(struct clients *clients)
{
    outbox_send(&clients->outbox);
}

bool clients_shrink(struct clients *clients)
{
    const bool is_outbox_left = outbox_shrink(&clients->outbox);

    return http_session_shared_shrink(&clients->http) || is_outbox_left;
}

void clients_tick(struct clients *clients)
{
    uint64_t soonest;

    clients->steps_left = LIMIT_HANDSHAKE_STEPS;
    soonest = pool_tick(&clients->pool, uv_now(clients->loop));
    if (soonest != POOL_NEVER)
        clients->tick_in(clients->data, soonest - uv_now(clients->loop));
    clients_turn(clients);
}

void clients_turn(struct clients *clients)
{
    if (turns_go_on(&clients->turns, uv_hrtime))
        clients->turn_soon(clients->data);
}

void clients_trouble(const struct clients *clients, enum http_trouble trouble, const char *format, ...)
{
    char sentence[300];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    clients->observer->troubled(clients->observer->data, trouble, sentence);
}
