/* The file of a listening Unix socket: made, and removed only while it is ours. */
#ifndef NET_UNIX_SOCKET_H
#define NET_UNIX_SOCKET_H

#include <sys/types.h>

#include "sim/base/error.h"

struct unix_socket {
    char *path; /* heap */
    dev_t device;
    ino_t inode;
};

/* Binds a new socket at path; a socket file nobody answers on is replaced.
 * Returns its descriptor, or -1 with a sentence. */
MUST_CHECK int unix_socket_bind(struct unix_socket *file, const char *path, struct error *error);

/* Removes the file unless another has taken its place. */
void unix_socket_remove(struct unix_socket *file);

#endif
