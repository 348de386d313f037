#include <stdlib.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/connection_inside.h"

void connection_pool_init(struct connection_pool *pool, uv_loop_t *loop, struct log *log, struct stats *stats)
{
    *pool = (struct connection_pool){
        .loop = loop,
        .log = log,
        .stats = stats,
        .read_buffer = memory_alloc(LIMIT_READ_BYTES),
    };
    http_shared_init(&pool->http);
}

void connection_pool_free(struct connection_pool *pool)
{
    http_shared_free(&pool->http);
    free(pool->read_buffer);
}

void connection_pool_join(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    connection->next = pool->first;
    if (pool->first)
        pool->first->previous = connection;
    pool->first = connection;
    pool->count++;
    stats_connected(pool->stats);
}

void connection_pool_leave(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    if (connection->previous)
        connection->previous->next = connection->next;
    else
        pool->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    pool->count--;
    stats_disconnected(pool->stats);
}

/* --- what all of them hold --- */

bool connection_pool_account(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;
    size_t held =
        connection->session.reader.body.capacity + connection->unread.capacity + connection->unsent_len;
    bool grew = held > connection->held;

    pool->held = pool->held - connection->held + held;
    connection->held = held;
    return !grew || pool->held <= LIMIT_HELD_BYTES;
}

void connection_pool_check(struct connection *connection)
{
    if (connection->state == CLOSED || connection_pool_account(connection))
        return;
    log_write(connection->pool->log, LOG_WARN,
              "a client is dropped: requests and responses in flight hold %u MiB", LIMIT_HELD_BYTES >> 20);
    connection_close(connection);
}

/* --- deadlines and the end --- */

static void tick(struct connection *connection)
{
    struct connection_pool *pool = connection->pool;

    if (connection->state != CLOSED && connection->deadline <= uv_now(pool->loop))
        connection_on_deadline(connection);
    else if (connection->state == WAITING && connection->deadline < pool->soonest)
        pool->soonest = connection->deadline;
}

static void stop(struct connection *connection)
{
    connection->session.last = true;
    if (connection->state == WAITING)
        connection_wait_no_longer(connection);
    else if (connection->state == OPEN && connection_is_idle(connection))
        connection_close(connection);
}

/* act may close the connection: it leaves the pool later. */
static void for_each(struct connection_pool *pool, void (*act)(struct connection *connection))
{
    for (struct connection *connection = pool->first; connection; connection = connection->next)
        act(connection);
}

void connection_pool_tick(struct connection_pool *pool)
{
    pool->soonest = UINT64_MAX;
    for_each(pool, tick);
    if (pool->soonest != UINT64_MAX)
        pool->tick_in(pool->data, pool->soonest - uv_now(pool->loop));
}

void connection_pool_stop(struct connection_pool *pool)
{
    for_each(pool, stop);
}

void connection_pool_close(struct connection_pool *pool)
{
    for_each(pool, connection_close);
}
