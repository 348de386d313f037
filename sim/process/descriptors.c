#include "sim/process/descriptors.h"

#include <fcntl.h>
#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#define NEEDED 32 /* the loop has 8, the sockets of a TD and of the VMM are 5, localhost is up to 2 */

void descriptors_occupy_standard(void)
{
    /* open() returns the lowest number that is free. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) > STDERR_FILENO)
            return; /* cannot happen: fd is free */
}

static void raise_limit(struct rlimit *limit)
{
    struct rlimit raised = {limit->rlim_max, limit->rlim_max};

    if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
        *limit = raised;
}

int descriptors_prepare(struct error *error)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    int opened[NEEDED];
    size_t count = 0;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        raise_limit(&limit);
    while (count < NEEDED && (opened[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        count++;
    for (size_t i = 0; i < count; i++)
        close(opened[i]);
    if (count == NEEDED)
        return 0;
    return error_input(error,
                       "only %zu more files can be open, at least %d are needed: the limit is %llu; raise it "
                       "with ulimit -n %d or more",
                       count, NEEDED, (unsigned long long)limit.rlim_cur, 64);
}
