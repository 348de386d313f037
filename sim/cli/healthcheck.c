#include "sim/cli/healthcheck.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sim/host/names.h"

enum { WAIT_MS = 3000, STATUS_LINE_MAX = 256, SHOWN_MAX = 40 };

static int64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Returns 0, or -1 with errno set once the deadline has passed. */
static int wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd poll_fd = {.fd = fd, .events = events};
        int64_t left = deadline - now_ms();
        int count = left > 0 ? poll(&poll_fd, 1, (int)left) : 0;

        if (count > 0)
            return 0;
        if (count < 0 && errno == EINTR)
            continue;
        if (count == 0)
            errno = ETIMEDOUT;
        return -1;
    }
}

/* A Unix socket whose queue is full returns EAGAIN, which poll() cannot wait for; that counts as
 * a failure to connect. */
static int connect_to(const struct sockaddr *address, socklen_t len, int64_t deadline)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    socklen_t size = sizeof(int);
    int cause = 0;

    if (fd < 0)
        return -1;
    if (connect(fd, address, len) == 0)
        return fd;
    if (errno == EINPROGRESS && wait_for(fd, POLLOUT, deadline) == 0) {
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &cause, &size) == 0 && cause == 0)
            return fd;
        errno = cause;
    }
    cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

/* A listener on all addresses is reached through the loopback address. */
static const char *reachable(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

static int connect_tcp(const char *host, uint16_t port, int64_t *deadline, const char **why)
{
    struct names_found found;
    int fd = -1, result = names_look_up(reachable(host), port, &found);

    if (result != 0) {
        *why = gai_strerror(result);
        return -1;
    }
    *deadline = now_ms() + WAIT_MS; /* name servers have timeouts of their own */
    for (size_t i = 0; i < found.count && fd < 0; i++)
        fd = connect_to((const struct sockaddr *)&found.addresses[i].storage, found.addresses[i].len,
                        *deadline);
    *why = fd < 0 ? strerror(errno) : NULL;
    return fd;
}

static int connect_unix(const char *path, int64_t deadline, const char **why)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    _Static_assert(sizeof address.sun_path > LISTEN_SPEC_PATH_MAX, "every path that is parsed fits");
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = connect_to((const struct sockaddr *)&address, sizeof address, deadline);
    *why = fd < 0 ? strerror(errno) : NULL;
    return fd;
}

static int error_silence(struct error *error)
{
    if (errno == ETIMEDOUT)
        return error_input(error, "no answer within %d seconds", WAIT_MS / 1000);
    return error_input(error, "no answer: %s", strerror(errno));
}

/* Reads the first line, or as much of it as arrives. */
static int read_line(int fd, int64_t deadline, char line[STATUS_LINE_MAX + 1], struct error *error)
{
    size_t len = 0;

    line[0] = '\0';
    while (len < STATUS_LINE_MAX && !strchr(line, '\n')) {
        ssize_t got =
            wait_for(fd, POLLIN, deadline) == 0 ? recv(fd, line + len, STATUS_LINE_MAX - len, 0) : -1;

        if (got < 0)
            return error_silence(error);
        if (got == 0)
            break;
        for (ssize_t i = 0; i < got; i++, len++)
            line[len] = line[len] ? line[len] : '?'; /* the line stays a string */
        line[len] = '\0';
    }
    line[strcspn(line, "\r\n")] = '\0';
    return len ? 0 : error_input(error, "the connection was closed without an answer");
}

/* Returns the status of "HTTP/1.1 200 OK", or -1. */
static int parse_status(const char *line)
{
    static const char pattern[] = "HTTP/1.d ddd"; /* d: any digit */
    size_t i = 0;

    for (; pattern[i]; i++)
        if (pattern[i] == 'd' ? line[i] < '0' || line[i] > '9' : line[i] != pattern[i])
            return -1;
    if (line[i] && line[i] != ' ')
        return -1;
    return (line[9] - '0') * 100 + (line[10] - '0') * 10 + (line[11] - '0');
}

static int ask(int fd, const char *path, int64_t deadline, struct error *error)
{
    char request[HEALTHCHECK_SPEC_PATH_MAX + 100], line[STATUS_LINE_MAX + 1];
    int len =
        snprintf(request, sizeof request, "GET %s%s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
                 path[0] == '/' ? "" : "/", path);
    int status;

    if (send(fd, request, (size_t)len, MSG_NOSIGNAL) != len) /* it fits into the empty send buffer */
        return error_input(error, "cannot send: %s", strerror(errno));
    if (read_line(fd, deadline, line, error))
        return -1;
    status = parse_status(line);
    if (status == 200)
        return 0;
    if (status > 0)
        return error_input(error, "not ready: %s returned %d, expected 200", path, status);
    for (char *at = line; *at; at++)
        *at = *at < ' ' || *at > '~' ? '?' : *at;
    return error_input(error, "not an HTTP response: it starts with \"%.*s\"", SHOWN_MAX, line);
}

int healthcheck_run(const struct healthcheck_spec *spec, struct error *error)
{
    int64_t deadline = now_ms() + WAIT_MS;
    const char *why;
    int fd, result;

    if (healthcheck_spec_check(spec, error))
        return -1;
    if (spec->listen.kind == LISTEN_UNIX)
        fd = connect_unix(spec->listen.address, deadline, &why);
    else
        fd = connect_tcp(spec->listen.address, spec->listen.port, &deadline, &why);
    if (fd < 0)
        return error_input(error, "cannot connect to %s: %s", spec->address, why);
    result = ask(fd, spec->path, deadline, error);
    close(fd);
    return result ? error_context(error, "%s", spec->address) : 0;
}
