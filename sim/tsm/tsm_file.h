/* A file that answers as one of the kernel: with what is true when it is opened.
 *
 * Who opens it waits (host/lease.h) until it is admitted, in three steps: another file takes the place of the
 * one that was opened, so that who comes later waits for the next time; then what has been written is collected
 * from all files, in which is all that who waits has written before; then the file that was opened is brought
 * up to date and handed over. A file that was handed over to a writer is kept until the writer has closed it,
 * and what was written in it is collected.
 *
 * A file without leases, because it never changes or because the file system has none, is replaced when its
 * contents change; then a reader may get the contents of a moment ago. */
#ifndef TSM_TSM_FILE_H
#define TSM_TSM_FILE_H

#include <sys/types.h>

#include "sim/base/buf.h"
#include "sim/base/error.h"

#define TSM_FILE_WRITERS_MAX 16
#define TSM_FILE_DIRECTORY_MODE 0755

/* A file that was handed over. */
struct tsm_file_writer {
    int fd;
    struct buf given; /* what was in it, or what was collected from it last */
};

struct tsm_file {
    char *path, *beside; /* heap; beside: where the next one is made */
    mode_t mode;
    bool wants_lease, has_lease;
    int fd; /* of the file at path */
    struct buf contents;
    int held;              /* the file that was opened, while it is to be admitted, else -1 */
    bool held_is_current;  /* it has these contents */
    bool is_held_in_place; /* no other could take its place: it is the one at path */
    struct tsm_file_writer writers[TSM_FILE_WRITERS_MAX]; /* oldest first */
    size_t writer_count;
};

/* Makes a directory for files, unless it is there. Refuses a symbolic link, through which files of others would
 * be replaced and removed. */
MUST_CHECK int tsm_file_make_directory(const char *path, struct error *error);

/* Makes an empty file in a directory, or replaces what has that name. After an error there is nothing to
 * close. */
MUST_CHECK int tsm_file_open(struct tsm_file *file, const char *directory, const char *name, mode_t mode,
                             bool wants_lease, struct error *error);

/* Removes it, and lets in who waits. */
void tsm_file_close(struct tsm_file *file);

/* Sets its contents, for those who are admitted as well. After an error it is as it was before, or empty, and
 * can be set again. */
MUST_CHECK int tsm_file_set(struct tsm_file *file, struct span contents, struct error *error);

/* Puts another file in its place if someone waits, or if it has to be made again to have its lease. Collect
 * from all files and call tsm_file_admit afterwards, after an error, too. */
MUST_CHECK int tsm_file_hold(struct tsm_file *file, struct error *error);

/* Whether someone is to be admitted since tsm_file_hold. */
bool tsm_file_is_held(const struct tsm_file *file);

/* Lets in who waited at tsm_file_hold, after tsm_file_set. After an error, too. If tsm_file_hold failed, others
 * need not wait either, until it succeeds again. */
MUST_CHECK int tsm_file_admit(struct tsm_file *file, struct error *error);

/* What is in a file that someone had for writing. */
struct tsm_file_written {
    struct span given, contents; /* the latter up to a limit */
    bool is_closed;              /* no more will be written */
};

/* Calls taken for each file in which something else is than was given, in the order of opening. It returns
 * whether that has been taken in, and is not to be seen again. */
void tsm_file_collect(struct tsm_file *file, size_t limit,
                      bool (*taken)(void *data, const struct tsm_file_written *written), void *data);

/* Makes the file again if it was removed or replaced. */
MUST_CHECK int tsm_file_restore(struct tsm_file *file, struct error *error);

#endif
