/* The file of a listening Unix socket, removed only if it is still the one we created. */
#ifndef NET_UNIX_SOCKET_H
#define NET_UNIX_SOCKET_H

#include <sys/types.h>

#include "sim/base/error.h"

struct unix_socket {
    char *path; /* heap */
    dev_t device;
    ino_t inode;
};

/* Binds a new socket at path, replacing a socket file that no program listens on. The file has
 * these permissions from the start, whatever the umask; a directory with a default ACL can only
 * take some away. Changes the umask of the process for a moment: no other thread may make files.
 * Returns its descriptor, or -1 with an error. */
MUST_CHECK int unix_socket_bind(struct unix_socket *file, const char *path, unsigned mode,
                                struct error *error);

/* Removes the file unless another has replaced it. */
void unix_socket_remove(struct unix_socket *file);

#endif
