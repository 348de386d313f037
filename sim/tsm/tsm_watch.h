/* Tells of changes in a directory, and of a descriptor that can be read, on the loop. */
#ifndef TSM_TSM_WATCH_H
#define TSM_TSM_WATCH_H

#include <uv.h>

#include "sim/base/error.h"

#define TSM_WATCH_CALM_MS 10

struct tsm_watch;

/* Calls on_change after names were added to or removed from a directory, or files in it were written: at once,
 * but not more often than every TSM_WATCH_CALM_MS, so that neither a client that changes much nor what on_change
 * itself changes keeps the loop busy. Names that begin with a dot do not count: a file that is being made has
 * one until it is complete. Returns NULL with an error. */
struct tsm_watch *tsm_watch_directory(uv_loop_t *loop, const char *path, void (*on_change)(void *data),
                                      void *data, struct error *error);

/* Calls on_readable while something can be read; the descriptor outlives the watch. Returns NULL with an
 * error. */
struct tsm_watch *tsm_watch_descriptor(uv_loop_t *loop, int fd, void (*on_readable)(void *data), void *data,
                                       struct error *error);

/* Ends it; nothing is called any more. NULL is allowed. */
void tsm_watch_end(struct tsm_watch *watch);

#endif
