#include "sim/base/file_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#define FILE_MODE 0600

/* The holder has written its process id into the file, or is about to. */
static int refuse(int lock, const char *path, struct error *error)
{
    char text[16] = "";
    ssize_t len = pread(lock, text, sizeof text - 1, 0);
    long holder = len > 0 ? strtol(text, NULL, 10) : 0;

    if (holder > 0)
        return error_input(error, "%s is in use by process %ld; each simulator needs a directory of its own",
                           path, holder);
    return error_input(error, "%s is in use by another process; each simulator needs a directory of its own",
                       path);
}

static int lock_file(int lock, const char *path, const char *name, struct error *error)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%ld\n", (long)getpid());

    if (flock(lock, LOCK_EX | LOCK_NB) != 0)
        return errno == EWOULDBLOCK
                   ? refuse(lock, path, error)
                   : error_input(error, "cannot lock %s/%s: %s", path, name, strerror(errno));
    if (ftruncate(lock, 0) != 0 || pwrite(lock, text, (size_t)len, 0) != len)
        return error_input(error, "cannot write %s/%s: %s", path, name, strerror(errno));
    return 0;
}

int file_lock_take(int directory, const char *path, const char *name, int *lock, struct error *error)
{
    int fd = openat(directory, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

    if (fd < 0)
        return error_input(error, "cannot write %s/%s: %s", path, name, strerror(errno));
    if (lock_file(fd, path, name, error) == 0) {
        *lock = fd;
        return 0;
    }
    close(fd);
    return -1;
}
