#include "sim/host/lease.h"

#include <fcntl.h>

#ifdef F_SETLEASE

bool lease_take(int fd)
{
    return fcntl(fd, F_SETLEASE, F_WRLCK) == 0;
}

/* F_GETLEASE says what is to become of the lease: a shared one would do for a reader. */
enum lease_waiter lease_awaited_by(int fd)
{
    switch (fcntl(fd, F_GETLEASE)) {
    case F_WRLCK:
        return LEASE_AWAITED_BY_NONE;
    case F_RDLCK:
        return LEASE_AWAITED_BY_READER;
    default:
        return LEASE_AWAITED_BY_WRITER;
    }
}

void lease_release(int fd)
{
    (void)fcntl(fd, F_SETLEASE, F_UNLCK);
}

#else

bool lease_take(int fd)
{
    (void)fd;
    return false;
}

enum lease_waiter lease_awaited_by(int fd)
{
    (void)fd;
    return LEASE_AWAITED_BY_NONE;
}

void lease_release(int fd)
{
    (void)fd;
}

#endif
