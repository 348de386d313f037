/* Linux's file leases (fcntl(2), "Leases"): who opens a file waits in open() until the holder of its lease lets
 * go. They make a file that is not one of the kernel answer as one of the kernel does, with what is true when
 * it is opened. Leases need no privileges, only a file of one's own on a file system that has them, which most
 * local ones do.
 *
 * The kernel says with LEASE_SIGNAL that a client waits; the signal's handler has to be there before the first
 * lease. After /proc/sys/fs/lease-break-time, 45 s by default, the kernel lets the client in by itself. A holder
 * that opens such a file waits as well. */
#ifndef HOST_LEASE_H
#define HOST_LEASE_H

#include <signal.h>
#include <stdbool.h>

#define LEASE_SIGNAL SIGIO

enum lease_waiter {
    LEASE_AWAITED_BY_NONE,
    LEASE_AWAITED_BY_READER,
    LEASE_AWAITED_BY_WRITER, /* also if the lease is lost */
};

/* Takes the lease of an open file. Returns false if someone else has the file open, and where there are none. */
bool lease_take(int fd);

/* Who waits for a lease that was taken. */
enum lease_waiter lease_awaited_by(int fd);

/* Gives it back, as closing the file does. */
void lease_release(int fd);

#endif
