/* Sends notifications to a service manager, as sd_notify(3) describes them. */
#ifndef PROCESS_NOTIFY_SOCKET_H
#define PROCESS_NOTIFY_SOCKET_H

#include "sim/base/error.h"

/* Sends one notification, `NAME=value` lines, as a datagram. Waits while the manager's queue is full.
 * address: what NOTIFY_SOCKET has: an absolute path, or "@name" for an abstract socket.
 * Returns 0 or an errno: EAFNOSUPPORT for an address of another kind. */
MUST_CHECK int notify_socket_send(const char *address, const char *state);

#endif
