/* A directory of small files that one process keeps, for what has to survive its end.
 *
 * A change is on the disk when its function has returned 0: the process may be killed, or the
 * machine lose power, at any moment, and the next process that opens the directory finds each file
 * as it was before a change or after it, never in between. That takes two fsyncs, some milliseconds,
 * for which the caller waits. After an error either state may be on the disk: write again what is to
 * hold.
 *
 * Names do not begin with '.', contain no '/', and have at most FILE_STORE_NAME_BYTES_MAX bytes. Errors name
 * the path. */
#ifndef BASE_FILE_STORE_H
#define BASE_FILE_STORE_H

#include "sim/base/error.h"

#define FILE_STORE_NAME_BYTES_MAX 64

struct file_store {
    char *path; /* as given, for messages */
    int directory;
    int lock;
};

/* Makes the directory if there is none (mode 0700, its parent must exist), locks it until
 * file_store_close, and removes what is left of an unfinished change. The error names the process that
 * holds the lock, if one does. After an error there is nothing to close. */
MUST_CHECK int file_store_open(struct file_store *store, const char *path, struct error *error);
void file_store_close(struct file_store *store);

/* Makes or replaces a file, of mode 0600. */
MUST_CHECK int file_store_write(const struct file_store *store, const char *name, struct span contents,
                                struct error *error);

/* Removes a file if there is one. */
MUST_CHECK int file_store_remove(const struct file_store *store, const char *name, struct error *error);

/* Reads a regular file of at most `limit` bytes. Out: *data, NUL-terminated (free with free()), and
 * *len without that NUL; *data is NULL if there is no such file. */
MUST_CHECK int file_store_read(const struct file_store *store, const char *name, size_t limit, char **data,
                               size_t *len, struct error *error);

/* Calls found for each name, in no order; it may neither add nor remove files. */
MUST_CHECK int file_store_list(const struct file_store *store, void (*found)(void *data, const char *name),
                               void *data, struct error *error);

#endif
