/* A socket that another program has opened and passed on, as service managers do. */
#ifndef NET_PASSED_SOCKET_H
#define NET_PASSED_SOCKET_H

#include "sim/base/error.h"

#define PASSED_SOCKET_PATH_SIZE 112 /* sun_path's 108 bytes, and a NUL */

/* Returns AF_INET, AF_INET6 or AF_UNIX for a listening stream socket; for anything else -1
 * with an error. */
MUST_CHECK int passed_socket_family(int fd, struct error *error);

/* The path of a Unix socket, or its abstract name with '@' for each NUL (unix(7)). */
void passed_socket_path(int fd, char path[PASSED_SOCKET_PATH_SIZE]);

#endif
