/* Socket addresses as people write them. */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <uv.h>

#define ADDRESS_BYTES 64

/* "127.0.0.1:50314" or "[::1]:50314"; "?" for what is neither IPv4 nor IPv6. */
void address_write(const struct sockaddr_storage *address, char text[static ADDRESS_BYTES]);

/* This end of a socket, and the other one; "?" when the client has gone. */
void address_of_socket(const uv_tcp_t *socket, char text[static ADDRESS_BYTES]);
void address_of_peer(const uv_tcp_t *socket, char text[static ADDRESS_BYTES]);

#endif
