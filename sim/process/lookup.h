/* Looks a host's name up in a thread of its own: neither the loop nor the end of the process waits for a name
 * server, which may take half a minute not to answer, and which nothing can interrupt. */
#ifndef PROCESS_LOOKUP_H
#define PROCESS_LOOKUP_H

#include <uv.h>

#include "sim/host/names.h"

struct lookup;

/* result and found: as of names_look_up. */
typedef void (*lookup_done)(void *data, int result, const struct names_found *found);

/* Calls on_done once, later, unless it is cancelled; the lookup has gone then. The host is copied. Returns NULL if
 * there is no thread for it. */
struct lookup *lookup_begin(uv_loop_t *loop, const char *host, uint16_t port, lookup_done on_done,
                            void *data);

/* Forgets it; the loop has to run afterwards. */
void lookup_cancel(struct lookup *lookup);

#endif
