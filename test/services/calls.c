/* Preloaded into a simulator: counts the calls with which it changes files, and at one of them kills it or makes
 * the call fail. The file that CALLS_PLAN names says which: "kill N", "tear N" (kill it in the middle of a
 * write), or "fail N ERRNO". Calls count only while that file exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int count;

/* Returns whether this call is to fail. tear: what is torn, or NULL. */
static int is_to_fail(int fd, const void *torn, size_t len)
{
    const char *path = getenv("CALLS_PLAN");
    int plan = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
    char text[64] = "", word[8];
    int at, number = 0;

    if (plan < 0) {
        count = 0;
        return 0;
    }
    if (read(plan, text, sizeof text - 1) < 0)
        abort();
    close(plan);
    if (sscanf(text, "%7s %d %d", word, &at, &number) < 2 || ++count != at)
        return 0;
    if (strcmp(word, "fail") == 0) {
        errno = number;
        return 1;
    }
    if (strcmp(word, "tear") == 0 && torn)
        (void)!syscall(SYS_write, fd, torn, len / 2);
    raise(SIGKILL);
    return 1;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t len)
{
    struct stat status;

    if (fd > 2 && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && is_to_fail(fd, data, len))
        return -1;
    return NEXT(write)(fd, data, len);
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
    return is_to_fail(fd, NULL, 0) ? -1 : NEXT(pwrite)(fd, data, len, offset);
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list rest;
    mode_t mode = 0;

    va_start(rest, flags);
    if (flags & O_CREAT)
        mode = va_arg(rest, mode_t);
    va_end(rest);
    if (flags & O_CREAT && is_to_fail(-1, NULL, 0))
        return -1;
    return NEXT(openat)(directory, path, flags, mode);
}

int fsync(int fd)
{
    return is_to_fail(-1, NULL, 0) ? -1 : NEXT(fsync)(fd);
}

int ftruncate(int fd, off_t len)
{
    return is_to_fail(-1, NULL, 0) ? -1 : NEXT(ftruncate)(fd, len);
}

int mkdir(const char *path, mode_t mode)
{
    return is_to_fail(-1, NULL, 0) ? -1 : NEXT(mkdir)(path, mode);
}

int renameat(int from, const char *old, int to, const char *new)
{
    return is_to_fail(-1, NULL, 0) ? -1 : NEXT(renameat)(from, old, to, new);
}

int unlinkat(int directory, const char *path, int flags)
{
    return is_to_fail(-1, NULL, 0) ? -1 : NEXT(unlinkat)(directory, path, flags);
}
