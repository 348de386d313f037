/* Socket addresses as text. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <uv.h>

#include "sim/base/error.h"

#define ADDRESS_BYTES 64

/* "127.0.0.1:50314" or "[::1]:50314"; "?" for any other address family. */
void address_write(const struct sockaddr_storage *address, char text[static ADDRESS_BYTES]);

/* Looks up the first address of a host, an IPv4 or IPv6 address without brackets or a name, for
 * listening on. Returns 0, or an error of gai_strerror. */
MUST_CHECK int address_look_up(const char *host, uint16_t port, struct sockaddr_storage *address);

/* The local and the remote end of a socket; "?" if the client has gone. */
void address_of_socket(const uv_tcp_t *socket, char text[static ADDRESS_BYTES]);
void address_of_peer(const uv_tcp_t *socket, char text[static ADDRESS_BYTES]);

#endif
