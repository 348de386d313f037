#include "sim/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/buf.h"
#include "sim/base/memory.h"

#define READ_BYTES 65536

static int error_too_large(const char *path, size_t limit, struct error *error)
{
    if (limit >= 1 << 20 && limit % (1 << 20) == 0)
        return error_input(error, "%s is larger than the %zu MiB limit", path, limit >> 20);
    if (limit >= 1 << 10 && limit % (1 << 10) == 0)
        return error_input(error, "%s is larger than the %zu KiB limit", path, limit >> 10);
    return error_input(error, "%s is larger than the limit of %zu bytes", path, limit);
}

/* Reads up to one byte past the limit, to notice a longer file. */
static int read_to_end(int fd, const char *path, size_t limit, struct buf *contents, struct error *error)
{
    for (;;) {
        size_t left = limit - contents->len + 1;
        size_t size = left < READ_BYTES ? left : READ_BYTES;
        ssize_t count = read(fd, buf_reserve(contents, size), size);

        if (count == 0)
            return 0;
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return error_input(error, "cannot read %s: %s", path, strerror(errno));
        contents->len += (size_t)count;
        if (contents->len > limit)
            return error_too_large(path, limit, error);
    }
}

static int read_descriptor(int fd, const char *path, size_t limit, char **data, size_t *len,
                           struct error *error)
{
    struct buf contents;
    int result;

    buf_init(&contents, limit + 1);
    result = read_to_end(fd, path, limit, &contents, error);
    close(fd);
    if (result == 0)
        *data = buf_take(&contents, len);
    buf_free(&contents);
    return result;
}

int file_read(const char *path, size_t limit, char **data, size_t *len, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return error_input(error, "cannot read %s: %s", path, strerror(errno));
    return read_descriptor(fd, path, limit, data, len, error);
}

/* Returns 0, or -1 with errno set. */
static int write_all(int fd, const char *data, size_t len)
{
    while (len > 0) {
        ssize_t count = write(fd, data, len);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        data += count;
        len -= (size_t)count;
    }
    return 0;
}

/* The result of close() matters: some file systems report a full disk only there. */
static int write_and_close(int fd, const void *data, size_t len)
{
    int result = write_all(fd, data, len);
    int cause = errno;

    if (close(fd) != 0 && result == 0)
        return -1;
    errno = cause;
    return result;
}

static int error_write(const char *path, struct error *error)
{
    return error_input(error, "cannot write %s: %s", path, strerror(errno));
}

static int write_in_place(const char *path, const void *data, size_t len, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

    if (fd < 0 || write_and_close(fd, data, len) != 0)
        return error_write(path, error);
    return 0;
}

static mode_t permissions(void)
{
    mode_t mask = umask(0);

    umask(mask);
    return 0644 & ~mask;
}

static int write_beside(const char *path, char *beside, mode_t mode, const void *data, size_t len,
                        struct error *error)
{
    int fd = mkostemp(beside, O_CLOEXEC);

    if (fd < 0)
        return error_write(path, error);
    if (write_and_close(fd, data, len) == 0 && chmod(beside, mode) == 0 && rename(beside, path) == 0)
        return 0;
    error_write(path, error);
    unlink(beside);
    return -1;
}

static int write_atomic(const char *path, mode_t mode, const void *data, size_t len, struct error *error)
{
    struct stat status;
    size_t path_len = strlen(path);
    char *beside;
    int result;

    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return write_in_place(path, data, len, error);
    beside = memory_alloc(path_len + sizeof ".XXXXXX");
    memcpy(beside, path, path_len);
    memcpy(beside + path_len, ".XXXXXX", sizeof ".XXXXXX");
    result = write_beside(path, beside, mode, data, len, error);
    free(beside);
    return result;
}

int file_write_atomic(const char *path, const void *data, size_t len, struct error *error)
{
    return write_atomic(path, permissions(), data, len, error);
}

int file_write_private(const char *path, const void *data, size_t len, struct error *error)
{
    return write_atomic(path, 0600, data, len, error);
}
