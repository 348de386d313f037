#include "sim/net/server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/connection.h"
#include "sim/net/passed_socket.h"
#include "sim/net/unix_socket.h"

struct listener {
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_tcp_t tcp;
        uv_pipe_t pipe;
    } socket;
    struct server *server;
    struct listener *next;
    struct http_handler handler;
    struct unix_socket file; /* path is NULL for TCP */
    char *path;              /* heap; as the caller gave it, or NULL for TCP */
    char *url;               /* heap, or NULL */
    bool client_waits;       /* not accepted yet, because there are clients_max */
};

struct server {
    uv_loop_t *loop;
    struct log *log;
    struct connection_pool pool;
    struct listener *listeners; /* in the order of listening */
    size_t clients_max;
    uv_timer_t tick;
    uv_prepare_t before_sleep;
    size_t open_handles; /* of listeners, tick and before_sleep */
    bool stopping;
    uint64_t stop_deadline;
    void (*done)(void *data);
    void *data;
};

/* --- stopping --- */

static void handle_is_closed(struct server *server)
{
    if (--server->open_handles == 0 && server->done)
        server->done(server->data);
}

static void on_helper_closed(uv_handle_t *handle)
{
    handle_is_closed(handle->data);
}

static void on_listener_closed(uv_handle_t *handle)
{
    handle_is_closed(((struct listener *)handle->data)->server);
}

/* Once the last client has gone, nothing is left for the tick and the log to do. */
static void close_helpers_when_idle(struct server *server)
{
    if (!server->stopping || server->pool.count > 0 || uv_is_closing((uv_handle_t *)&server->tick))
        return;
    uv_close((uv_handle_t *)&server->tick, on_helper_closed);
    uv_close((uv_handle_t *)&server->before_sleep, on_helper_closed);
}

static void close_listener(struct listener *listener)
{
    if (uv_is_closing(&listener->socket.handle))
        return;
    unix_socket_remove(&listener->file);
    uv_close(&listener->socket.handle, on_listener_closed);
}

void server_stop(struct server *server, void (*done)(void *data), void *data)
{
    server->stopping = true;
    server->stop_deadline = uv_now(server->loop) + LIMIT_STOP_MS;
    server->done = done;
    server->data = data;
    for (struct listener *listener = server->listeners; listener; listener = listener->next)
        close_listener(listener);
    connection_pool_stop(&server->pool);
    close_helpers_when_idle(server);
}

/* --- running --- */

static void on_tick(uv_timer_t *timer)
{
    struct server *server = timer->data;

    if (server->stopping && uv_now(server->loop) >= server->stop_deadline)
        connection_pool_close(&server->pool);
    else
        connection_pool_tick(&server->pool);
}

static void accept_client(struct listener *listener)
{
    struct server *server = listener->server;

    listener->client_waits = false;
    if (!uv_is_active((uv_handle_t *)&server->tick))
        uv_timer_start(&server->tick, on_tick, LIMIT_TICK_MS, LIMIT_TICK_MS);
    connection_accept(&server->pool, &listener->socket.stream, &listener->handler, listener->path);
}

static void on_client(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    struct server *server = listener->server;

    if (status < 0) {
        log_write(server->log, LOG_WARN, "a client could not be accepted: %s", uv_strerror(status));
        uv_sleep(LIMIT_ACCEPT_PAUSE_MS); /* libuv tries again at once */
    } else if (server->pool.count >= server->clients_max) {
        /* libuv takes no further one from this listener until it is accepted */
        listener->client_waits = true;
    } else {
        accept_client(listener);
    }
}

static void on_connection_closed(void *data)
{
    struct server *server = data;

    for (struct listener *listener = server->listeners; listener && !server->stopping;
         listener = listener->next)
        if (listener->client_waits && server->pool.count < server->clients_max)
            accept_client(listener);
    if (server->pool.count == 0)
        uv_timer_stop(&server->tick); /* an idle server sleeps */
    close_helpers_when_idle(server);
}

static void tick_in(void *data, uint64_t milliseconds)
{
    struct server *server = data;

    if (!uv_is_closing((uv_handle_t *)&server->tick) && uv_timer_get_due_in(&server->tick) > milliseconds)
        uv_timer_start(&server->tick, on_tick, milliseconds, LIMIT_TICK_MS);
}

static void on_before_sleep(uv_prepare_t *prepare)
{
    log_flush(((struct server *)prepare->data)->log);
}

/* --- making --- */

static void ignore_sigpipe(void)
{
    struct sigaction action;

    if (sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL)
        signal(SIGPIPE, SIG_IGN);
}

/* Without a descriptor a client cannot even be told to wait. */
static size_t count_clients_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= LIMIT_CLIENTS + LIMIT_SPARE_FILES)
        return LIMIT_CLIENTS;
    return limit.rlim_cur > 2 * LIMIT_SPARE_FILES ? limit.rlim_cur - LIMIT_SPARE_FILES : limit.rlim_cur / 2;
}

struct server *server_new(uv_loop_t *loop, struct log *log, struct stats *stats)
{
    struct server *server = memory_zalloc(sizeof *server);

    ignore_sigpipe();
    server->loop = loop;
    server->log = log;
    server->clients_max = count_clients_max();
    connection_pool_init(&server->pool, loop, log, stats);
    server->pool.on_closed = on_connection_closed;
    server->pool.tick_in = tick_in;
    server->pool.data = server;
    uv_timer_init(loop, &server->tick);
    server->tick.data = server;
    uv_prepare_init(loop, &server->before_sleep);
    server->before_sleep.data = server;
    uv_prepare_start(&server->before_sleep, on_before_sleep);
    server->open_handles = 2;
    return server;
}

void server_free(struct server *server)
{
    struct listener *next;

    if (!server)
        return;
    for (struct listener *listener = server->listeners; listener; listener = next) {
        next = listener->next;
        free(listener->path);
        free(listener->url);
        free(listener);
    }
    connection_pool_free(&server->pool);
    free(server);
}

/* --- listening --- */

static struct listener *add_listener(struct server *server, const struct http_handler *handler)
{
    struct listener *listener = memory_zalloc(sizeof *listener);
    struct listener **end = &server->listeners;

    while (*end)
        end = &(*end)->next;
    *end = listener;
    listener->server = server;
    listener->handler = *handler;
    server->open_handles++;
    return listener;
}

static void name_tcp(struct listener *listener)
{
    struct sockaddr_storage address = {.ss_family = AF_UNSPEC};
    char host[64] = "", url[128];
    int len = sizeof address;
    unsigned port;

    uv_tcp_getsockname(&listener->socket.tcp, (struct sockaddr *)&address, &len);
    if (address.ss_family == AF_INET6) {
        uv_ip6_name((const struct sockaddr_in6 *)&address, host, sizeof host);
        port = ntohs(((const struct sockaddr_in6 *)&address)->sin6_port);
        snprintf(url, sizeof url, "http://[%s]:%u", host, port);
    } else {
        uv_ip4_name((const struct sockaddr_in *)&address, host, sizeof host);
        port = ntohs(((const struct sockaddr_in *)&address)->sin_port);
        snprintf(url, sizeof url, "http://%s:%u", host, port);
    }
    listener->url = memory_copy(url, strlen(url));
}

static int listen_address(struct server *server, const struct sockaddr *address,
                          const struct http_handler *handler)
{
    struct listener *listener = add_listener(server, handler);
    int result;

    uv_tcp_init(server->loop, &listener->socket.tcp);
    listener->socket.handle.data = listener;
    result = uv_tcp_bind(&listener->socket.tcp, address, 0);
    if (result == 0)
        result = uv_listen(&listener->socket.stream, LIMIT_BACKLOG, on_client);
    if (result == 0)
        name_tcp(listener);
    else
        close_listener(listener);
    return result;
}

static int fail_tcp(const char *host, uint16_t port, int result, struct error *error)
{
    bool is_v6 = strchr(host, ':') != NULL;
    const char *what = uv_strerror(result);

    if (result == UV_EADDRINUSE)
        what = "the port is in use by another program; choose another with --listen";
    else if (result == UV_EADDRNOTAVAIL)
        what = "this machine has no such address; choose another with --listen";
    else if (result == UV_EACCES)
        what = "the port is reserved to root; choose one from 1024 up with --listen";
    return error_input(error, "cannot listen on %s%s%s:%u: %s", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                       port, what);
}

/* 127.0.0.1 it has to be; some clients try ::1 first, so that is taken too where it can be had. */
static int listen_localhost(struct server *server, uint16_t port, const struct http_handler *handler,
                            struct error *error)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    int result;

    uv_ip4_addr("127.0.0.1", port, &in);
    result = listen_address(server, (const struct sockaddr *)&in, handler);
    if (result != 0)
        return fail_tcp("localhost", port, result, error);
    uv_ip6_addr("::1", port, &in6);
    if (port != 0 && listen_address(server, (const struct sockaddr *)&in6, handler) != 0)
        log_write(server->log, LOG_DEBUG, "not listening on [::1]:%u, which is taken or not there", port);
    return 0;
}

int server_listen_tcp(struct server *server, const char *host, uint16_t port,
                      const struct http_handler *handler, struct error *error)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    char service[8];
    int result;

    if (strcmp(host, "localhost") == 0)
        return listen_localhost(server, port, handler, error);
    snprintf(service, sizeof service, "%u", port);
    result = getaddrinfo(host, service, &hints, &found);
    if (result != 0)
        return error_input(error, "cannot listen on %s:%u: %s", host, port, gai_strerror(result));
    result = listen_address(server, found->ai_addr, handler);
    freeaddrinfo(found);
    return result ? fail_tcp(host, port, result, error) : 0;
}

/* Listens on a bound socket; the descriptor is taken, also after an error. */
static int listen_descriptor(struct listener *listener, int family, int fd)
{
    uv_loop_t *loop = listener->server->loop;
    int result;

    if (family == AF_UNIX) {
        uv_pipe_init(loop, &listener->socket.pipe, 0);
        result = uv_pipe_open(&listener->socket.pipe, fd);
    } else {
        uv_tcp_init(loop, &listener->socket.tcp);
        result = uv_tcp_open(&listener->socket.tcp, fd);
    }
    listener->socket.handle.data = listener;
    if (result != 0)
        close(fd);
    else
        result = uv_listen(&listener->socket.stream, LIMIT_BACKLOG, on_client);
    if (result != 0)
        close_listener(listener);
    return result;
}

int server_listen_unix(struct server *server, const char *path, const struct http_handler *handler,
                       struct error *error)
{
    struct unix_socket file = {.path = NULL};
    int fd = unix_socket_bind(&file, path, error);
    struct listener *listener;
    int result;

    if (fd < 0)
        return -1;
    listener = add_listener(server, handler);
    listener->file = file;
    listener->path = memory_copy(path, strlen(path));
    result = listen_descriptor(listener, AF_UNIX, fd);
    return result ? error_input(error, "cannot listen on %s: %s", path, uv_strerror(result)) : 0;
}

int server_listen_fd(struct server *server, int fd, const struct http_handler *handler, struct error *error)
{
    int family = passed_socket_family(fd, error);
    char path[PASSED_SOCKET_PATH_SIZE];
    struct listener *listener;
    int result;

    if (family < 0) {
        close(fd);
        return -1;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    listener = add_listener(server, handler);
    result = listen_descriptor(listener, family, fd);
    if (result != 0)
        return error_input(error, "cannot listen on descriptor %d: %s", fd, uv_strerror(result));
    if (family == AF_UNIX) {
        passed_socket_path(fd, path);
        listener->path = memory_copy(path, strlen(path));
    } else {
        name_tcp(listener);
    }
    return 0;
}

bool server_endpoint(const struct server *server, size_t index, struct server_endpoint *endpoint)
{
    const struct listener *listener = server->listeners;

    /* One that could not listen has no name. */
    for (; listener; listener = listener->next)
        if ((listener->url || listener->path) && index-- == 0)
            break;
    if (!listener)
        return false;
    *endpoint = (struct server_endpoint){.url = listener->url, .path = listener->path};
    return true;
}
