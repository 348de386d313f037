/* Whole files, read and written at once. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "sim/base/error.h"

/* Reads a file, pipe or device of at most `limit` bytes to its end.
 * Out: *data from the heap with a NUL after it (free with free()), *len without
 * that NUL. Returns 0, or -1 with a sentence that names the path. */
MUST_CHECK int file_read(const char *path, size_t limit, char **data, size_t *len, struct error *error);

/* A reader of `path` sees the old file or all of the new one (mode 0644, less the
 * umask), never a part: it is written next to it and renamed. What is there and is
 * not a regular file, such as /dev/stdout or a FIFO with a reader, is written to
 * directly.
 * Returns 0, or -1 with a sentence that names the path; then no temporary file remains. */
MUST_CHECK int file_write_atomic(const char *path, const void *data, size_t len, struct error *error);

#endif
