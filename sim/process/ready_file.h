/* The file of --ready-file, which exists as long as the simulator serves:
 * {"pid": N, "endpoints": [{"url": ...}, {"path": ...}]}. */
#ifndef PROCESS_READY_FILE_H
#define PROCESS_READY_FILE_H

#include <sys/stat.h>

#include "sim/process/endpoints.h"

/* All zero: there is no file. */
struct ready_file {
    const char *path;    /* owned by the caller */
    struct stat written; /* the file as it was after writing */
};

/* Writes the file, unless path is NULL. path must stay valid until ready_file_remove. */
MUST_CHECK int ready_file_write(struct ready_file *ready, const char *path, const struct endpoints *endpoints,
                                struct error *error);

/* Removes the file unless it has been replaced or is not a regular file. Call it once, even if
 * ready_file_write has failed. */
void ready_file_remove(struct ready_file *ready);

#endif
