#include "sim/healthcheck.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/listen_spec.h"

#define WAIT_SECONDS 3

static void limit_wait(int fd)
{
    const struct timeval wait = {.tv_sec = WAIT_SECONDS};

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait); /* connect waits as long as this */
}

static int connect_to(int family, const struct sockaddr *address, socklen_t len)
{
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    limit_wait(fd);
    if (connect(fd, address, len) == 0)
        return fd;
    close(fd);
    return -1;
}

static int connect_unix(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, path, strlen(path) + 1);
    return connect_to(AF_UNIX, (const struct sockaddr *)&address, sizeof address);
}

/* A listener on every address is asked on this machine's own. */
static const char *reachable(const char *host)
{
    if (strcmp(host, "0.0.0.0") == 0)
        return "127.0.0.1";
    return strcmp(host, "::") == 0 ? "::1" : host;
}

static int connect_tcp(const char *host, uint16_t port)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    char service[8];
    int fd = -1;

    snprintf(service, sizeof service, "%u", port);
    if (getaddrinfo(reachable(host), service, &hints, &found) != 0)
        return -1;
    for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
        fd = connect_to(at->ai_family, at->ai_addr, at->ai_addrlen);
    freeaddrinfo(found);
    return fd;
}

static int ask(int fd, struct error *error)
{
    static const char request[] = "GET /prpc/Version HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    static const char wanted[] = "HTTP/1.1 "; /* whatever it says: not every set of services has one path in common */
    char answer[sizeof wanted] = {0};
    size_t len = 0;

    if (send(fd, request, sizeof request - 1, MSG_NOSIGNAL) != (ssize_t)sizeof request - 1)
        return error_input(error, "cannot send: %s", strerror(errno));
    while (len < sizeof wanted - 1) {
        ssize_t got = recv(fd, answer + len, sizeof wanted - 1 - len, 0);
        if (got <= 0)
            return error_input(error, "no answer within %d seconds", WAIT_SECONDS);
        len += (size_t)got;
    }
    if (memcmp(answer, wanted, len) != 0)
        return error_input(error, "the answer is no HTTP but begins with \"%s\"", answer);
    return 0;
}

int healthcheck_run(const struct options *options, struct error *error)
{
    const char *address = options->listen.items[0];
    struct listen_spec spec;
    int fd, result;

    if (listen_spec_parse(&spec, address, error))
        return -1;
    fd = spec.kind == LISTEN_UNIX ? connect_unix(spec.address) : connect_tcp(spec.address, spec.port);
    if (fd < 0)
        return error_input(error, "nothing serves at %s", address);
    result = ask(fd, error);
    close(fd);
    return result ? error_context(error, "%s", address) : 0;
}
