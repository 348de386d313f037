/* A file that says which process uses the directory it is in. The lock ends with the process. */
#ifndef BASE_FILE_LOCK_H
#define BASE_FILE_LOCK_H

#include "sim/base/error.h"

/* Makes the file, of mode 0600, or takes one that is there and not locked. directory: open, and as given, for
 * messages. Out: *lock, to be closed. The error names the process that holds the lock, if one does. */
MUST_CHECK int file_lock_take(int directory, const char *path, const char *name, int *lock,
                              struct error *error);

#endif
