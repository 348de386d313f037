/* Writes to several sockets with one system call.
 *
 * A write to a local socket wakes the program that reads it. Where both share a processor, that program then runs
 * before the next write, so that responses to ten of its connections cost ten switches to it and back. Linux takes
 * them all at once (io_submit(2), IOCB_CMD_PWRITE), and writes to a socket that does not block within that call.
 * Where that call is refused, or does something else, as in gVisor, each write is a call of its own. io_uring(7)
 * would do as well, but lets a process get round its filter of system calls, and many containers have none. */
#ifndef NET_WRITES_H
#define NET_WRITES_H

#include <stdbool.h>
#include <sys/types.h>

#include "sim/base/span.h"

#define WRITES_MAX 64 /* at a time */

struct writes_item {
    int descriptor; /* of a stream socket that does not block */
    struct span bytes;
    ssize_t
        result; /* how many bytes the socket has taken, or a negative errno: -EAGAIN if it takes none now */
};

/* Private, but tests set kernel and is_unavailable. */
struct writes {
    long (*kernel)(long number, ...); /* syscall(2) */
    unsigned long context;            /* an aio_context_t; 0 before it is needed */
    bool is_unavailable;              /* each write is a call of its own */
};

void writes_init(struct writes *writes);
void writes_free(struct writes *writes);

/* Tries each of at most WRITES_MAX once, in order, all of them even if one fails, and sets its result. SIGPIPE must
 * be ignored. Allocates what it needs in the kernel when it is first called for more than one. Giving that back
 * takes tens of milliseconds, in writes_free or at the end of the process. */
void writes_send(struct writes *writes, struct writes_item *items, size_t count);

#endif
