/* What this machine says of itself: processors, memory, disks and network, as a
 * guest tells its host. Read anew at each call from /proc, /etc and the system.
 *
 * Strings and arrays lie in the arena. What cannot be read is empty or zero. */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "sim/base/arena.h"

#include <stdint.h>

struct host_disk {
    char *name; /* device */
    char *mount_point;
    uint64_t total_size, free_size; /* bytes */
};

struct host_system {
    char *os_name, *os_version, *kernel_version, *cpu_model;
    uint32_t num_cpus;
    uint64_t total_memory, available_memory, free_memory, used_memory; /* bytes */
    uint64_t total_swap, used_swap, free_swap;
    uint64_t uptime;     /* seconds */
    uint32_t loadavg[3]; /* of 1, 5 and 15 minutes, times 100 */
    struct host_disk *disks;
    size_t disk_count;
};

void host_system_read(struct host_system *system, struct arena *arena);

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

void host_network_read(struct host_network *network, struct arena *arena);

#endif
