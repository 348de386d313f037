#include "sim/net/server.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/listener.h"

struct server {
    struct listeners listeners;
    uv_timer_t tick;
    uv_idle_t soon;     /* the next turn: a timer that runs out at once has none */
    bool is_tick_due;   /* in that turn */
    uv_prepare_t turns; /* where one turn ends and another begins */
    uv_check_t polled;  /* where a turn has served all that came */
    int handles;        /* of these four */
    void (*done)(void *data);
    void *data;
};

/* --- stopping --- */

static void on_handle_closed(uv_handle_t *handle)
{
    struct server *server = handle->data;

    if (--server->handles == 0 && server->done)
        server->done(server->data);
}

static void finish_when_idle(struct server *server)
{
    if (!server->listeners.is_stopping || server->listeners.first ||
        uv_is_closing((uv_handle_t *)&server->tick))
        return;
    uv_close((uv_handle_t *)&server->tick, on_handle_closed);
    uv_close((uv_handle_t *)&server->soon, on_handle_closed);
    uv_close((uv_handle_t *)&server->turns, on_handle_closed);
    uv_close((uv_handle_t *)&server->polled, on_handle_closed);
}

void server_stop(struct server *server, void (*done)(void *data), void *data)
{
    server->done = done;
    server->data = data;
    listener_close_all(&server->listeners);
    finish_when_idle(server);
}

/* --- running --- */

static void on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;
    struct clients *clients = &server->listeners.clients;

    clients_tick(clients);
    if (clients_shrink(clients) || clients->pool.count > 0)
        return;
    uv_timer_stop(&server->tick); /* an idle server sleeps */
    uv_prepare_stop(&server->turns);
    uv_check_stop(&server->polled);
}

static void on_turn(uv_prepare_t *turns)
{
    clients_begin_turn(&((struct server *)turns->data)->listeners.clients);
}

static void on_polled(uv_check_t *polled)
{
    clients_after_poll(&((struct server *)polled->data)->listeners.clients);
}

static void before_client(void *data)
{
    struct server *server = data;

    if (uv_is_active((uv_handle_t *)&server->tick))
        return;
    uv_timer_start(&server->tick, on_tick, LIMIT_TICK_MS, LIMIT_TICK_MS);
    uv_prepare_start(&server->turns, on_turn);
    uv_check_start(&server->polled, on_polled);
    clients_begin_turn(&server->listeners.clients);
}

static void on_gone(void *data)
{
    struct server *server = data;

    listener_accept_waiting(&server->listeners);
    finish_when_idle(server);
}

static void on_soon(uv_idle_t *soon)
{
    struct server *server = soon->data;
    const bool is_tick_due = server->is_tick_due;

    uv_idle_stop(soon);
    server->is_tick_due = false;
    if (is_tick_due)
        clients_tick(&server->listeners.clients);
    else
        clients_turn(&server->listeners.clients);
}

static void turn_soon(void *data)
{
    uv_idle_start(&((struct server *)data)->soon, on_soon);
}

static void tick_in(void *data, uint64_t milliseconds)
{
    struct server *server = data;

    if (milliseconds == 0) {
        server->is_tick_due = true;
        turn_soon(server);
    } else if (uv_timer_get_due_in(&server->tick) > milliseconds) {
        uv_timer_start(&server->tick, on_tick, milliseconds, LIMIT_TICK_MS);
    }
}

/* --- making --- */

static void ignore(int number)
{
    struct sigaction action;

    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
        signal(number, SIG_IGN);
}

/* Leaves some descriptors for the rest of the program. */
static size_t count_clients_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= LIMIT_CLIENTS + LIMIT_SPARE_FILES)
        return LIMIT_CLIENTS;
    return limit.rlim_cur > 2 * LIMIT_SPARE_FILES ? limit.rlim_cur - LIMIT_SPARE_FILES : limit.rlim_cur / 2;
}

struct server *server_new(uv_loop_t *loop, const struct http_observer *observer)
{
    struct server *server = memory_zalloc(sizeof *server);
    struct listeners *listeners = &server->listeners;

    ignore(SIGPIPE);
    ignore(SIGXFSZ); /* writing to a file past its limit is an error, not the end */
    listeners->clients_max = count_clients_max();
    listeners->before_client = before_client;
    listeners->on_gone = on_gone;
    listeners->data = server;
    clients_init(&listeners->clients, loop, observer);
    listeners->clients.tick_in = tick_in;
    listeners->clients.turn_soon = turn_soon;
    listeners->clients.data = server;
    uv_timer_init(loop, &server->tick);
    server->tick.data = server;
    uv_idle_init(loop, &server->soon);
    server->soon.data = server;
    uv_prepare_init(loop, &server->turns);
    server->turns.data = server;
    uv_check_init(loop, &server->polled);
    server->polled.data = server;
    server->handles = 4;
    return server;
}

void server_share_ports(struct server *server)
{
    server->listeners.shares_ports = true;
}

struct listeners *server_listeners(struct server *server)
{
    return &server->listeners;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    clients_free(&server->listeners.clients);
    free(server);
}
