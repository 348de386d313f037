/* The directory of --tsm-dir: what Linux offers in a TD, and dstack's guest keeps there, for programs that use
 * it directly, without the guest agent. Libraries look for it elsewhere if an environment variable says so, or
 * in the usual place if the directory is mounted there.
 *
 *     report/         configfs-tsm: quotes (tsm_reports.h)
 *     measurements/   the registers (tsm_registers.h)
 *     CCEL            the boot's event log (ccel.h)
 *     dstack/         the runtime events (tsm_events.h)
 *     .tsm-lock       says that the directory is a simulator's, and whose
 *
 * It shows the first TD of a cluster. Everything happens on the loop, in steps that a local file system takes
 * within microseconds: a signal tells that a client waits for a file (host/lease.h), the loop sees what is
 * written to a FIFO and which names come and go. */
#ifndef TSM_TSM_DIR_H
#define TSM_TSM_DIR_H

#include <uv.h>

#include "sim/cluster/cluster.h"
#include "sim/tsm/tsm_events.h"
#include "sim/tsm/tsm_registers.h"
#include "sim/tsm/tsm_reports.h"

struct tsm_dir;

/* The directory as it will be, absolute, is in path: what may go wrong before anything is made. Fails for one
 * that holds something else, and for a name that is too long for libraries. path: PATH_MAX bytes. */
MUST_CHECK int tsm_dir_check(const char *directory, char *path, struct error *error);

/* Makes the directory, unless it is there, and all that is in it. The rest outlives it. Returns NULL with an
 * error. */
struct tsm_dir *tsm_dir_new(uv_loop_t *loop, const char *directory, struct cluster *cluster, struct log *log,
                            struct error *error);

/* Removes what it has made. NULL is allowed. */
void tsm_dir_free(struct tsm_dir *dir);

/* Takes in what was written, so that an answer that follows is over the registers as they are. NULL is
 * allowed. */
void tsm_dir_collect(struct tsm_dir *dir);

/* Sets of environment variables, NAME=VALUE: the index-th, in the caller's text, for those who start clients;
 * false past the last. */
#define TSM_DIR_VARIABLE_BYTES 4200
bool tsm_dir_variable(const struct tsm_dir *dir, size_t index, char text[static TSM_DIR_VARIABLE_BYTES]);

#endif
