/* What the system says of this process itself, as Prometheus' clients tell it of theirs.
 *
 * A handful of system calls, whose number grows with nothing. What cannot be read is 0. */
#ifndef HOST_PROCESS_H
#define HOST_PROCESS_H

#include <stdint.h>

struct host_process {
    uint64_t resident_bytes, virtual_bytes; /* memory */
    uint64_t cpu_micros;                    /* of all threads, in user and system mode */
    uint64_t open_fds; /* also 0 on kernels before 6.2 when there are too many to count quickly */
    uint64_t max_fds;
};

void process_read(struct host_process *process);

/* When it was started: Unix time in milliseconds, as the clock is set now. */
int64_t process_started(void);

#endif
