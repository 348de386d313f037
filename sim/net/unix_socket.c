#include "sim/net/unix_socket.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/base/memory.h"

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* A full backlog (EAGAIN) also means that a program is listening. */
static bool somebody_answers(const struct sockaddr_un *address)
{
    int fd = open_socket();
    bool answers =
        fd >= 0 && (connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 || errno == EAGAIN);

    if (fd >= 0)
        close(fd);
    return answers;
}

static int make_way(const struct sockaddr_un *address, struct error *error)
{
    const char *path = address->sun_path;
    struct stat found;

    if (lstat(path, &found) != 0)
        return 0;
    if (!S_ISSOCK(found.st_mode))
        return error_input(error,
                           "cannot listen on %s: the path exists and is not a socket; remove it or choose "
                           "another path",
                           path);
    if (somebody_answers(address))
        return error_input(error,
                           "cannot listen on %s: another program is serving it; stop that program or choose "
                           "another path",
                           path);
    if (unlink(path) != 0)
        return error_input(error, "cannot replace the old socket %s: %s", path, strerror(errno));
    return 0;
}

static int remember(struct unix_socket *file, const char *path)
{
    struct stat made;

    if (lstat(path, &made) != 0)
        return -1;
    file->path = memory_copy(path, strlen(path));
    file->device = made.st_dev;
    file->inode = made.st_ino;
    return 0;
}

static const char *reason_of(int cause)
{
    if (cause == ENOENT)
        return "its directory does not exist; create it first";
    if (cause == EROFS || cause == EACCES || cause == EPERM)
        return "its directory cannot be written to; choose another one";
    return strerror(cause);
}

/* The kernel gives the file mode 0777 less the umask. Changing the mode later would leave a moment
 * in which it is wrong, and would follow whatever had taken the file's place. */
static int bind_with_mode(int fd, const struct sockaddr_un *address, unsigned mode)
{
    mode_t mask = umask(~mode & 0777);
    int result = bind(fd, (const struct sockaddr *)address, sizeof *address);

    umask(mask); /* keeps errno */
    return result;
}

int unix_socket_bind(struct unix_socket *file, const char *path, unsigned mode, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd;

    if (strlen(path) >= sizeof address.sun_path)
        return error_input(error, "cannot listen on %s: a socket path can have at most %zu bytes", path,
                           sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (make_way(&address, error))
        return -1;
    fd = open_socket();
    if (fd >= 0 && bind_with_mode(fd, &address, mode) == 0 && remember(file, path) == 0)
        return fd;
    error_input(error, "cannot listen on %s: %s", path, reason_of(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

void unix_socket_remove(struct unix_socket *file)
{
    struct stat found;

    if (file->path && lstat(file->path, &found) == 0 && found.st_dev == file->device &&
        found.st_ino == file->inode)
        unlink(file->path);
    free(file->path);
    *file = (struct unix_socket){.path = NULL};
}
