#include "sim/net/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/memory.h"
#include "sim/http/limits.h"

#define LOCK_PAUSE_MS 10
#define LOCK_TRIES 100 /* others need less than a millisecond */

static int open_socket(void)
{
    return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

/* Only a refused connection tells that no program listens. Others listen on a socket of another type
 * (EPROTOTYPE), for another user (EACCES), or with a full backlog (EAGAIN). Returns NULL if the socket
 * is stale, or the reason why it may not be. */
static const char *why_in_use(const struct sockaddr_un *address)
{
    int fd = open_socket();
    int result = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)address, sizeof *address);
    int cause = errno;

    if (fd >= 0)
        close(fd);
    if (fd >= 0 && result != 0 && cause == ECONNREFUSED)
        return NULL;
    if (result == 0 || cause == EAGAIN)
        return "another program is serving it";
    if (cause == EPROTOTYPE)
        return "another program has a socket of another type there";
    if (cause == EACCES || cause == EPERM)
        return "it belongs to another user, whose program may be serving it";
    return strerror(cause);
}

/* Locks the directory of a path, so that of several programs that find a stale socket only one replaces
 * it, and none takes for stale what another has bound but does not listen on yet. The lock ends with the
 * descriptor. Returns it, or -1 with errno. */
static int lock_directory(const char *path)
{
    const struct timespec pause = {.tv_nsec = LOCK_PAUSE_MS * 1000000L};
    const char *slash = strrchr(path, '/');
    char *name = slash ? memory_copy(path, slash == path ? 1 : (size_t)(slash - path)) : memory_copy(".", 1);
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB);

    free(name);
    for (int i = 0; fd >= 0 && result != 0 && errno == EWOULDBLOCK && i < LOCK_TRIES; i++) {
        nanosleep(&pause, NULL);
        result = flock(fd, LOCK_EX | LOCK_NB);
    }
    if (result == 0 || fd < 0)
        return fd;
    result = errno;
    close(fd);
    errno = result;
    return -1;
}

/* is_busy: another program has locked the directory, and may be replacing the socket right now. */
static int make_way(const struct sockaddr_un *address, bool is_busy, struct error *error)
{
    const char *path = address->sun_path, *reason;
    struct stat found;

    if (lstat(path, &found) != 0)
        return 0;
    if (!S_ISSOCK(found.st_mode))
        return error_input(error,
                           "cannot listen on %s: the path exists and is not a socket; remove it or choose "
                           "another path",
                           path);
    reason = why_in_use(address);
    if (!reason && is_busy)
        reason = "another program has locked its directory";
    if (reason)
        return error_input(error, "cannot listen on %s: %s; stop that program or choose another path", path,
                           reason);
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

static int listen_there(struct unix_socket *file, const struct sockaddr_un *address, unsigned mode,
                        struct error *error)
{
    const char *path = address->sun_path;
    int fd = open_socket();

    if (fd >= 0 && bind_with_mode(fd, address, mode) == 0 && remember(file, path) == 0) {
        if (listen(fd, LIMIT_BACKLOG) == 0)
            return fd;
        error_input(error, "cannot listen on %s: %s", path, strerror(errno));
        unix_socket_remove(file);
    }
    error_input(error, "cannot listen on %s: %s", path, reason_of(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

int unix_socket_listen(struct unix_socket *file, const char *path, unsigned mode, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int lock, fd;
    bool is_busy;

    if (strlen(path) >= sizeof address.sun_path)
        return error_input(error, "cannot listen on %s: a socket path can have at most %zu bytes", path,
                           sizeof address.sun_path - 1);
    memcpy(address.sun_path, path, strlen(path) + 1);
    lock = lock_directory(path);
    is_busy = lock < 0 && errno == EWOULDBLOCK;
    fd = make_way(&address, is_busy, error) ? -1 : listen_there(file, &address, mode, error);
    if (lock >= 0)
        close(lock);
    return fd;
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
