/* The console of a VM: what its boot and its guest say, as text with a limit, which readers can
 * follow. */
#ifndef VMM_VM_LOG_H
#define VMM_VM_LOG_H

#include "sim/base/buf.h"

#define VM_LOG_BYTES_MAX (1024 * 1024) /* then the oldest half is dropped */

/* Someone who waits for more. more may not remove other readers, but may remove itself. */
struct vm_log_reader {
    struct vm_log_reader *next;
    void (*more)(void *data); /* also when the log has ended */
    void *data;
};

struct vm_log {
    struct buf text;
    uint64_t start; /* bytes dropped: where text begins in all that was ever written */
    bool has_ended; /* the VM has been removed */
    struct vm_log_reader *readers;
};

void vm_log_init(struct vm_log *log);

/* Readers must have left. */
void vm_log_free(struct vm_log *log);

/* Appends a line, printf-like; adds the newline. */
void vm_log_line(struct vm_log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Tells readers that nothing more will come. */
void vm_log_end(struct vm_log *log);

void vm_log_join(struct vm_log *log, struct vm_log_reader *reader);
void vm_log_leave(struct vm_log *log, struct vm_log_reader *reader);

/* What was written from that position on, or as much of it as is still there; moves the position
 * past it. Valid until the next line. */
struct span vm_log_read(const struct vm_log *log, uint64_t *position);

/* Where the last `lines` lines begin. */
uint64_t vm_log_tail(const struct vm_log *log, size_t lines);

#endif
