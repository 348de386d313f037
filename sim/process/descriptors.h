/* The process's file descriptors: the three that it is started with, and how many there may be. */
#ifndef PROCESS_DESCRIPTORS_H
#define PROCESS_DESCRIPTORS_H

#include <stddef.h>

#include "sim/base/error.h"

/* Occupies those of stdin, stdout and stderr that are closed, so that no other file gets their numbers:
 * a log line would end up in it. Reading from and writing to them fails as before. Call it first. */
void descriptors_occupy_standard(void);

/* Raises the soft limit to the hard one, because each client needs a descriptor, and checks that there
 * are enough for the event loop, a few listeners and clients: libuv aborts the process without some of
 * its own. Returns 0, or -1 with an error. */
MUST_CHECK int descriptors_prepare(struct error *error);

/* Fails with a sentence unless that many more sockets can be open, and a few clients beside them. */
MUST_CHECK int descriptors_check(size_t sockets, struct error *error);

#endif
