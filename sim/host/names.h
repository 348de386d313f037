/* The addresses of a host that was named by a user.
 *
 * An address as text and `localhost` need nothing of this machine: neither a file nor a library.
 * Any other name is looked up as the C library does; in a program that is linked statically only
 * by /etc/hosts and DNS, because the modules that /etc/nsswitch.conf may name are shared
 * libraries of one particular C library. */
#ifndef HOST_NAMES_H
#define HOST_NAMES_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "sim/base/error.h"

enum { NAMES_ADDRESSES_MAX = 8 };

struct names_address {
    struct sockaddr_storage storage; /* with the port */
    socklen_t len;
};

struct names_found {
    struct names_address addresses[NAMES_ADDRESSES_MAX]; /* in the order to try them; more are left out */
    size_t count;                                        /* at least 1 after success */
};

/* host: an IPv4 or IPv6 address without brackets, or a name. `localhost` is 127.0.0.1, then ::1.
 * Blocks while name servers are asked. Returns 0, or an error of gai_strerror(3). */
MUST_CHECK int names_look_up(const char *host, uint16_t port, struct names_found *found);

/* The same for an address and for `localhost`, without blocking; EAI_NONAME for what has to be looked up. */
MUST_CHECK int names_read(const char *host, uint16_t port, struct names_found *found);

#endif
