#include "sim/net/passed_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Returns the value, or -1 with errno. */
static int option_of(int fd, int option)
{
    int value = 0;
    socklen_t len = sizeof value;

    return getsockopt(fd, SOL_SOCKET, option, &value, &len) == 0 ? value : -1;
}

int passed_socket_family(int fd, struct error *error)
{
    int type = option_of(fd, SO_TYPE);
    int family = option_of(fd, SO_DOMAIN);

    if (type < 0)
        return error_input(error, "cannot listen on descriptor %d: %s", fd,
                           errno == ENOTSOCK ? "it is not a socket" : strerror(errno));
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX)
        return error_input(error, "cannot listen on descriptor %d: it is neither a TCP nor a Unix socket",
                           fd);
    if (type != SOCK_STREAM)
        return error_input(
            error, "cannot listen on descriptor %d: it is not a stream socket; use ListenStream=", fd);
    if (option_of(fd, SO_ACCEPTCONN) != 1)
        return error_input(error,
                           "cannot listen on descriptor %d: it is not a listening socket; a socket unit "
                           "needs Accept=no",
                           fd);
    return family;
}

void passed_socket_path(int fd, char path[PASSED_SOCKET_PATH_SIZE])
{
    /* The kernel may fill sun_path completely and count a NUL after it. */
    union {
        struct sockaddr any;
        struct sockaddr_un unix_address;
        char bytes[PASSED_SOCKET_PATH_SIZE];
    } address = {.unix_address = {.sun_family = AF_UNIX}};
    const char *name = address.bytes + offsetof(struct sockaddr_un, sun_path);
    const size_t most = sizeof address.unix_address.sun_path;
    socklen_t size = sizeof address.bytes;
    size_t len = 0;

    memset(path, 0, PASSED_SOCKET_PATH_SIZE);
    if (getsockname(fd, &address.any, &size) == 0 && size > offsetof(struct sockaddr_un, sun_path))
        len = size - offsetof(struct sockaddr_un, sun_path);
    if (len > most)
        len = most;
    if (len > 0 && name[0])
        len = strnlen(name, len);
    for (size_t i = 0; i < len; i++)
        path[i] = name[i] ? name[i] : '@';
}
