#include "sim/base/file_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/base/memory.h"

/* Out: status, of a regular file. Returns -1 with errno set. */
static int open_regular(const char *path, struct stat *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK);

    if (fd < 0 || (fstat(fd, status) == 0 && S_ISREG(status->st_mode)))
        return fd;
    close(fd);
    errno = EINVAL;
    return -1;
}

int file_parts_init(struct file_parts *parts, const char *path, size_t limit, struct error *error)
{
    struct stat status;
    int fd = open_regular(path, &status);

    if (fd < 0)
        return error_input(error, "%s", errno == EINVAL ? "it is not a regular file" : strerror(errno));
    close(fd);
    if ((uint64_t)status.st_size > limit)
        return error_input(error, "it is larger than the limit of %zu bytes", limit);
    *parts = (struct file_parts){
        .path = memory_copy(path, strlen(path)),
        .device = status.st_dev,
        .number = status.st_ino,
        .size = (size_t)status.st_size,
    };
    return 0;
}

void file_parts_free(struct file_parts *parts)
{
    free(parts->path);
    *parts = (struct file_parts){.path = NULL};
}

static int read_all(int fd, size_t offset, char *out, size_t len)
{
    while (len > 0) {
        ssize_t count = pread(fd, out, len, (off_t)offset);

        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return -1;
        offset += (size_t)count;
        out += count;
        len -= (size_t)count;
    }
    return 0;
}

int file_parts_read(const struct file_parts *parts, size_t offset, void *out, size_t len)
{
    struct stat status;
    int fd = open_regular(parts->path, &status), result = -1;

    if (fd < 0)
        return -1;
    if (status.st_dev == parts->device && status.st_ino == parts->number)
        result = read_all(fd, offset, out, len);
    close(fd);
    return result;
}
