/* The processors, memory and disks of this machine, as a guest reports them to its host.
 * Read from /proc, /etc and the system at each call. */
#ifndef HOST_SYSTEM_H
#define HOST_SYSTEM_H

#include <stdint.h>

#include "sim/base/arena.h"

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

/* Strings and disks are in the arena. What cannot be read is empty or zero. */
void system_read(struct host_system *system, struct arena *arena);

#endif
