/* Gives up system calls that a server does not need, as far as Linux lets it (seccomp(2), SECCOMP_MODE_FILTER): to
 * run other programs, to send signals to other processes, to trace or read them, to change mounts, namespaces and
 * the system's settings, to load code into the kernel. Should a fault in the program let a client run code of its
 * own here, that code has none of these either. A call that was given up fails with EPERM.
 *
 * It cannot be taken back, and holds for threads and processes made afterwards, set-user-id programs included:
 * a process that runs an engine for containers must do without. It reads no file and takes some microseconds. */
#ifndef HOST_SYSCALL_FILTER_H
#define HOST_SYSCALL_FILTER_H

#include <stdbool.h>

/* Returns false where the kernel has no filters or does not allow them, and on processors whose calls it does not
 * know: x86-64, arm64 and RISC-V are known. Nothing is given up then. */
bool syscall_filter_apply(void);

#endif
