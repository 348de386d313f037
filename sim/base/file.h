/* Reading and writing whole files. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "sim/base/error.h"

/* Reads a file, pipe or device of at most `limit` bytes to its end.
 * Out: *data, NUL-terminated (free with free()), and *len without that NUL.
 * Returns 0, or -1 with an error that names the path. */
MUST_CHECK int file_read(const char *path, size_t limit, char **data, size_t *len, struct error *error);

/* A reader of `path` sees either the old file or the complete new one (mode 0644, less
 * the umask): the data is written to a temporary file next to it, which is then renamed.
 * An existing path that is not a regular file, such as /dev/stdout or a FIFO with a
 * reader, is written to directly.
 * Returns 0, or -1 with an error that names the path; no temporary file remains then. */
MUST_CHECK int file_write_atomic(const char *path, const void *data, size_t len, struct error *error);

/* The same with mode 0600. */
MUST_CHECK int file_write_private(const char *path, const void *data, size_t len, struct error *error);

#endif
