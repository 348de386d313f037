/* Metrics of this process, the same as those of Prometheus client libraries.
 *
 * Takes only a small, constant number of system calls. What cannot be read is 0. */
#ifndef HOST_PROCESS_H
#define HOST_PROCESS_H

#include <stdint.h>

struct host_process {
    uint64_t resident_bytes, virtual_bytes; /* memory */
    uint64_t cpu_micros;                    /* of all threads, in user and system mode */
    uint64_t open_fds; /* also 0 on kernels before 6.2 if there are too many to count quickly */
    uint64_t max_fds;
};

void process_read(struct host_process *process);

/* The start time as Unix time in milliseconds, according to the current clock. */
int64_t process_started(void);

#endif
