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

/* Listens on a new socket at path, replacing a socket file that refuses connections: any other answer
 * than a refusal, and another type of file, is an error. Of several programs that do so at once one
 * succeeds; they wait for each other for a second at most, by a lock of the directory, where it can be
 * read and its file system has locks. The file has these permissions from the start, whatever the umask;
 * a directory with a default ACL can only take some away. Changes the umask of the process for a moment:
 * no other thread may make files. Returns its descriptor, or -1 with an error. */
MUST_CHECK int unix_socket_listen(struct unix_socket *file, const char *path, unsigned mode,
                                  struct error *error);

/* Removes the file unless another has replaced it. */
void unix_socket_remove(struct unix_socket *file);

#endif
