/* The file of --ready-file: there as long as the simulator serves. */
#ifndef PROCESS_READY_FILE_H
#define PROCESS_READY_FILE_H

#include <sys/stat.h>

#include "sim/process/endpoints.h"

/* All zero: none is written. */
struct ready_file {
    const char *path;    /* the caller's, which outlives this */
    struct stat written; /* the file as it was after writing */
};

/* Writes where it serves; path may be NULL. Returns 0, or -1 with a sentence. */
MUST_CHECK int ready_file_write(struct ready_file *ready, const char *path, const struct endpoints *endpoints,
                                struct error *error);

/* Removes the file unless another program has replaced or changed it. To be called once,
 * whether ready_file_write succeeded or not. */
void ready_file_remove(struct ready_file *ready);

#endif
