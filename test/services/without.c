/* Preloaded into a simulator: makes the file systems look as if they had no leases, or no space while there is a
 * file of the name in WITHOUT_WHILE, inotify as if its limit were reached, or name servers as if they never
 * answered; or makes the simulator slow after it has looked for something to read ("haste"), so that a client
 * does much meanwhile. WITHOUT says which. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_without(const char *what)
{
    const char *said = getenv("WITHOUT");

    return said && strstr(said, what);
}

int fcntl(int fd, int command, ...)
{
    va_list list;
    long argument;

    va_start(list, command);
    argument = va_arg(list, long);
    va_end(list);
    if (command == F_SETLEASE && is_without("leases")) {
        errno = EINVAL;
        return -1;
    }
    return (int)syscall(SYS_fcntl, fd, command, argument);
}

int fcntl64(int fd, int command, ...) __attribute__((alias("fcntl")));

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    const char *file = getenv("WITHOUT_WHILE");

    if (is_without("space") && len > 0 && file && access(file, F_OK) == 0) {
        errno = ENOSPC;
        return -1;
    }
    return syscall(SYS_pwrite64, fd, data, len, at);
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t at) __attribute__((alias("pwrite")));

ssize_t pread(int fd, void *data, size_t len, off_t at)
{
    ssize_t count = syscall(SYS_pread64, fd, data, len, at);
    int cause = errno;

    if (is_without("haste"))
        usleep(1000);
    errno = cause;
    return count;
}

ssize_t pread64(int fd, void *data, size_t len, off_t at) __attribute__((alias("pread")));

ssize_t read(int fd, void *data, size_t len)
{
    ssize_t count = syscall(SYS_read, fd, data, len);
    int cause = errno;

    if (is_without("haste") && count < 0)
        usleep(1000);
    errno = cause;
    return count;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found)
{
    __typeof__(&getaddrinfo) real = (__typeof__(real))dlsym(RTLD_NEXT, "getaddrinfo");

    while (is_without("names") && !(hints->ai_flags & AI_NUMERICHOST))
        pause();
    return real(host, service, hints, found);
}

int inotify_add_watch(int fd, const char *path, uint32_t mask)
{
    if (is_without("watches")) {
        errno = ENOSPC;
        return -1;
    }
    return (int)syscall(SYS_inotify_add_watch, fd, path, mask);
}
