/* The network of this machine, as a guest reports it to its host: interfaces and their
 * counters, gateways and DNS servers. Read from /proc, /etc and the system at each call. */
#ifndef HOST_NETWORK_H
#define HOST_NETWORK_H

#include <stdint.h>

#include "sim/base/arena.h"

struct host_address {
    char *address;
    uint32_t prefix; /* bits */
};

struct host_interface {
    char *name;
    struct host_address *addresses;
    size_t address_count;
    uint64_t rx_bytes, tx_bytes, rx_errors, tx_errors;
};

struct host_network {
    char **dns_servers;
    size_t dns_server_count;
    char **gateways;
    size_t gateway_count;
    struct host_interface *interfaces;
    size_t interface_count;
};

/* Strings and arrays are in the arena. What cannot be read is empty or zero. */
void network_read(struct host_network *network, struct arena *arena);

#endif
