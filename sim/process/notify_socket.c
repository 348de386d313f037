#include "sim/process/notify_socket.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Returns the length of the address, or 0 with errno. */
static socklen_t read_address(const char *text, struct sockaddr_un *address)
{
    size_t len = strlen(text);

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (text[0] != '/' && text[0] != '@') {
        errno = EAFNOSUPPORT;
        return 0;
    }
    if (len >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return 0;
    }
    memcpy(address->sun_path, text, len);
    if (text[0] == '@')
        address->sun_path[0] = '\0'; /* whose name is not NUL-terminated */
    else
        len++;
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
}

int notify_socket_send(const char *address, const char *state)
{
    struct sockaddr_un manager;
    socklen_t len = read_address(address, &manager);
    int fd = len ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;
    ssize_t sent = -1;
    int cause;

    if (fd < 0)
        return errno;
    do
        sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&manager, len);
    while (sent < 0 && errno == EINTR);
    cause = sent < 0 ? errno : 0;
    close(fd);
    return cause;
}
