#include "sim/net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"
#include "sim/net/address.h"
#include "sim/net/socket.h"
#include "sim/net/connection.h"
#include "sim/net/passed_socket.h"
#include "sim/net/unix_socket.h"

#define SOCKETS_MAX 2 /* localhost has two addresses */

struct listening_socket {
    union net_socket socket;
    struct listener *listener;
    char url[ADDRESS_BYTES + 8]; /* empty for a Unix socket, and for one that could not listen */
    bool has_client_waiting;     /* libuv has a client that is not accepted yet */
};

struct listener {
    struct listener *next, *previous;
    struct listeners *listeners;
    struct listener_service service;
    struct connection_origin origin;
    struct listening_socket sockets[SOCKETS_MAX];
    size_t socket_count;
    size_t open_sockets; /* not closed yet */
    size_t clients;
    struct unix_socket file; /* that it created; path is NULL for TCP and for a passed socket */
    char *path;              /* heap, or NULL for TCP */
    bool is_serving;
    bool is_closing;
};

/* Whether a client waits there to be accepted. */
static void keep_waiting(struct listening_socket *socket, bool is_waiting)
{
    struct listeners *listeners = socket->listener->listeners;

    listeners->waiting += is_waiting;
    listeners->waiting -= socket->has_client_waiting;
    socket->has_client_waiting = is_waiting;
}

/* --- closing --- */

static void free_when_gone(struct listener *listener)
{
    struct listeners *listeners = listener->listeners;

    if (!listener->is_closing || listener->open_sockets > 0 || listener->clients > 0)
        return;
    *(listener->previous ? &listener->previous->next : &listeners->first) = listener->next;
    *(listener->next ? &listener->next->previous : &listeners->last) = listener->previous;
    if (listener->service.on_gone)
        listener->service.on_gone(listener->service.data);
    free(listener->path);
    free(listener);
    listeners->on_gone(listeners->data);
}

static void on_socket_closed(uv_handle_t *handle)
{
    struct listener *listener = ((struct listening_socket *)handle->data)->listener;

    listener->open_sockets--;
    free_when_gone(listener);
}

static void close_socket(struct listening_socket *socket)
{
    keep_waiting(socket, false);
    if (!uv_is_closing(&socket->socket.handle))
        uv_close(&socket->socket.handle, on_socket_closed);
}

void listener_close(struct listener *listener)
{
    if (listener->is_closing)
        return;
    listener->is_closing = true;
    unix_socket_remove(&listener->file);
    for (size_t i = 0; i < listener->socket_count; i++)
        close_socket(&listener->sockets[i]);
    pool_end(&listener->listeners->clients.pool, &listener->origin);
}

void listener_close_all(struct listeners *listeners)
{
    listeners->is_stopping = true;
    for (struct listener *listener = listeners->first; listener; listener = listener->next)
        listener_close(listener);
}

/* --- clients --- */

static void on_client_gone(void *data)
{
    struct listener *listener = data;
    struct listeners *listeners = listener->listeners;

    listener->clients--;
    if (listener->is_closing)
        free_when_gone(listener);
    else
        listeners->on_gone(listeners->data);
}

static void accept_client(struct listening_socket *socket)
{
    struct listener *listener = socket->listener;

    keep_waiting(socket, false);
    listener->clients++;
    listener->listeners->before_client(listener->listeners->data);
    connection_accept(&listener->listeners->clients, &socket->socket.stream, &listener->origin);
}

static bool may_accept(const struct listener *listener)
{
    return listener->is_serving && !listener->is_closing &&
           listener->listeners->clients.pool.count < listener->listeners->clients_max;
}

static void on_client(uv_stream_t *stream, int status)
{
    struct listening_socket *socket = stream->data;

    if (status < 0) {
        clients_trouble(&socket->listener->listeners->clients, HTTP_TROUBLE_WARNING,
                        "cannot accept a client: %s", uv_strerror(status));
        uv_sleep(LIMIT_ACCEPT_PAUSE_MS); /* libuv retries at once */
        return;
    }
    /* Until it is accepted, libuv takes no other client from this socket. */
    keep_waiting(socket, true);
    if (may_accept(socket->listener))
        accept_client(socket);
}

static void accept_waiting(struct listener *listener)
{
    for (size_t i = 0; i < listener->socket_count; i++)
        if (listener->sockets[i].has_client_waiting && may_accept(listener))
            accept_client(&listener->sockets[i]);
}

void listener_accept_waiting(struct listeners *listeners)
{
    struct listener *listener = listeners->first;

    for (; listener && listeners->waiting > 0; listener = listener->next)
        accept_waiting(listener);
}

/* http://ADDRESS becomes https://ADDRESS. */
static void say_https(struct listening_socket *socket)
{
    if (!socket->url[0])
        return;
    memmove(socket->url + 5, socket->url + 4, strlen(socket->url + 4) + 1);
    socket->url[4] = 's';
}

void listener_serve(struct listener *listener, const struct listener_service *service)
{
    listener->service = *service;
    listener->origin.handler = service->handler;
    listener->origin.tls = service->tls;
    for (size_t i = 0; service->tls && i < listener->socket_count; i++)
        say_https(&listener->sockets[i]);
    listener->is_serving = true;
    accept_waiting(listener);
}

/* --- opening --- */

static int check_running(const struct listeners *listeners, struct error *error)
{
    return listeners->is_stopping ? error_internal(error, "cannot listen: the server is stopping") : 0;
}

static struct listener *new_listener(struct listeners *listeners)
{
    struct listener *listener = memory_zalloc(sizeof *listener);

    listener->previous = listeners->last;
    *(listeners->last ? &listeners->last->next : &listeners->first) = listener;
    listeners->last = listener;
    listener->listeners = listeners;
    listener->origin.on_closed = on_client_gone;
    listener->origin.data = listener;
    return listener;
}

static struct listening_socket *add_socket(struct listener *listener)
{
    struct listening_socket *socket = &listener->sockets[listener->socket_count++];

    socket->listener = listener;
    listener->open_sockets++;
    return socket;
}

static void set_path(struct listener *listener, const char *path)
{
    listener->path = memory_copy(path, strlen(path));
    listener->origin.unix_path = listener->path;
}

/* Closes a listener that could not be opened; always returns NULL. */
static struct listener *give_up(struct listener *listener)
{
    listener_close(listener);
    free_when_gone(listener); /* without a socket, no callback will */
    return NULL;
}

/* libuv has a flag for this since 1.49; that of Debian 12 is older. */
static int share_port(uv_tcp_t *tcp)
{
    uv_os_fd_t fd;
    int result = uv_fileno((const uv_handle_t *)tcp, &fd);

    if (result == 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &(int){1}, sizeof(int)) != 0)
        result = uv_translate_sys_error(errno);
    return result;
}

static int bind_address(struct listener *listener, uv_tcp_t *tcp, const struct sockaddr *address)
{
    int result = uv_tcp_init_ex(listener->listeners->clients.loop, tcp, address->sa_family);

    if (result == 0 && listener->listeners->shares_ports)
        result = share_port(tcp);
    return result ? result : uv_tcp_bind(tcp, address, 0);
}

static int listen_address(struct listener *listener, const struct sockaddr *address)
{
    struct listening_socket *socket = add_socket(listener);
    char text[ADDRESS_BYTES];
    int result;

    result = bind_address(listener, &socket->socket.tcp, address);
    socket->socket.handle.data = socket;
    if (result == 0)
        result = uv_listen(&socket->socket.stream, LIMIT_BACKLOG, on_client);
    if (result != 0) {
        close_socket(socket);
        return result;
    }
    address_of_socket(&socket->socket.tcp, text);
    snprintf(socket->url, sizeof socket->url, "http://%s", text);
    return 0;
}

static int fail_tcp(const char *host, uint16_t port, int result, struct error *error)
{
    bool is_v6 = strchr(host, ':') != NULL;
    const char *what = uv_strerror(result);

    if (result == UV_EADDRINUSE)
        what =
            "the port is in use by another program; choose another with --listen, or a free one with -l 0, "
            "which --ready-file FILE tells";
    else if (result == UV_EADDRNOTAVAIL)
        what = "this machine has no such address; choose another with --listen";
    else if (result == UV_EACCES)
        what = "the port is reserved for root; choose one from 1024 up with --listen";
    return error_input(error, "cannot listen on %s%s%s:%u: %s", is_v6 ? "[" : "", host, is_v6 ? "]" : "",
                       port, what);
}

/* 127.0.0.1 is required; ::1, which some clients try first, is used if available. */
static int listen_localhost(struct listener *listener, uint16_t port, struct error *error)
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
    int result;

    uv_ip4_addr("127.0.0.1", port, &in);
    result = listen_address(listener, (const struct sockaddr *)&in);
    if (result != 0)
        return fail_tcp("localhost", port, result, error);
    uv_ip6_addr("::1", port, &in6);
    result = port != 0 ? listen_address(listener, (const struct sockaddr *)&in6) : 0;
    if (result == UV_EADDRINUSE)
        clients_trouble(
            &listener->listeners->clients, HTTP_TROUBLE_WARNING,
            "another program serves [::1]:%u, which some clients try first for localhost: stop it, or "
            "give them http://127.0.0.1:%u",
            port, port);
    else if (result != 0)
        clients_trouble(&listener->listeners->clients, HTTP_TROUBLE_DETAIL, "not listening on [::1]:%u: %s",
                        port, uv_strerror(result));
    return 0;
}

static int listen_name(struct listener *listener, const char *host, uint16_t port, struct error *error)
{
    struct sockaddr_storage address;
    int result = address_look_up(host, port, &address);

    if (result != 0)
        return error_input(error, "cannot listen on %s:%u: %s", host, port, gai_strerror(result));
    result = listen_address(listener, (const struct sockaddr *)&address);
    return result ? fail_tcp(host, port, result, error) : 0;
}

struct listener *listener_open_tcp(struct listeners *listeners, const char *host, uint16_t port,
                                   struct error *error)
{
    struct listener *listener;
    int failed;

    if (check_running(listeners, error))
        return NULL;
    listener = new_listener(listeners);
    failed = strcmp(host, "localhost") == 0 ? listen_localhost(listener, port, error)
                                            : listen_name(listener, host, port, error);
    return failed ? give_up(listener) : listener;
}

/* Listens on a bound socket. Takes ownership of the descriptor, even on error. */
static int listen_descriptor(struct listener *listener, int family, int fd)
{
    struct listening_socket *socket = add_socket(listener);
    uv_loop_t *loop = listener->listeners->clients.loop;
    int result;

    if (family == AF_UNIX) {
        uv_pipe_init(loop, &socket->socket.pipe, 0);
        result = uv_pipe_open(&socket->socket.pipe, fd);
    } else {
        uv_tcp_init(loop, &socket->socket.tcp);
        result = uv_tcp_open(&socket->socket.tcp, fd);
    }
    socket->socket.handle.data = socket;
    if (result != 0)
        close(fd);
    return result ? result : uv_listen(&socket->socket.stream, LIMIT_BACKLOG, on_client);
}

struct listener *listener_open_unix(struct listeners *listeners, const char *path, unsigned mode,
                                    struct error *error)
{
    struct unix_socket file = {.path = NULL};
    struct listener *listener;
    int fd, result;

    if (check_running(listeners, error))
        return NULL;
    fd = unix_socket_listen(&file, path, mode, error);
    if (fd < 0)
        return NULL;
    listener = new_listener(listeners);
    listener->file = file;
    set_path(listener, path);
    result = listen_descriptor(listener, AF_UNIX, fd);
    if (result == 0)
        return listener;
    error_input(error, "cannot listen on %s: %s", path, uv_strerror(result));
    return give_up(listener);
}

struct listener *listener_open_fd(struct listeners *listeners, int fd, struct error *error)
{
    int family = check_running(listeners, error) ? -1 : passed_socket_family(fd, error);
    char path[PASSED_SOCKET_PATH_SIZE], text[ADDRESS_BYTES];
    struct listener *listener;
    int result;

    if (family < 0) {
        close(fd);
        return NULL;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    listener = new_listener(listeners);
    result = listen_descriptor(listener, family, fd);
    if (result != 0) {
        error_input(error, "cannot listen on descriptor %d: %s", fd, uv_strerror(result));
        return give_up(listener);
    }
    if (family == AF_UNIX) {
        passed_socket_path(fd, path);
        set_path(listener, path);
    } else {
        address_of_socket(&listener->sockets[0].socket.tcp, text);
        snprintf(listener->sockets[0].url, sizeof listener->sockets[0].url, "http://%s", text);
    }
    return listener;
}

bool listener_find_address(const struct listener *listener, size_t index, struct listener_address *address)
{
    /* A socket that could not listen has no URL. */
    if (index >= listener->socket_count || (!listener->path && !listener->sockets[index].url[0]))
        return false;
    *address = (struct listener_address){
        .url = listener->path ? NULL : listener->sockets[index].url,
        .path = listener->path,
    };
    return true;
}
