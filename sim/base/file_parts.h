/* A file that is read part by part, perhaps for long: it is not kept open meanwhile, because descriptors are
 * few, but it must stay the same file. */
#ifndef BASE_FILE_PARTS_H
#define BASE_FILE_PARTS_H

#include <sys/types.h>

#include "sim/base/error.h"

struct file_parts {
    char *path;
    dev_t device; /* of the file that was found at first */
    ino_t number;
    size_t size; /* at first: what is added later is not read */
};

/* Finds a regular file of at most `limit` bytes. A link, a pipe or a device is an error.
 * Returns 0, or -1 with an error that does not name the path, which is not always the client's to know. */
MUST_CHECK int file_parts_init(struct file_parts *parts, const char *path, size_t limit, struct error *error);
void file_parts_free(struct file_parts *parts);

/* Reads len bytes from offset on, which are part of it.
 * Returns 0, or -1 if they cannot be read, the file is shorter now, or another one has its path. */
MUST_CHECK int file_parts_read(const struct file_parts *parts, size_t offset, void *out, size_t len);

#endif
