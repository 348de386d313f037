#include "sim/process/descriptors.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sim/base/memory.h"

#define NEEDED 32 /* the loop has 8, the sockets of a TD and of the VMM are 5, localhost is up to 2 */
#define SPARE 16  /* for clients and files, when no more TDs can be served */

void descriptors_occupy_standard(void)
{
    /* open() returns the lowest number that is free. */
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 &&
            /* cppcheck-suppress leakReturnValNotUsed; it stays open */
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) > STDERR_FILENO)
            return; /* cannot happen: fd is free */
}

static void raise_limit(struct rlimit *limit)
{
    struct rlimit raised = {limit->rlim_max, limit->rlim_max};

    if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
        *limit = raised;
}

/* How many more can be open, up to that many: the system has no call that says it. */
static size_t count_free(size_t most)
{
    int *opened = memory_alloc(most * sizeof *opened);
    size_t count = 0;

    while (count < most && (opened[count] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0)) >= 0)
        count++;
    for (size_t i = 0; i < count; i++)
        close(opened[i]);
    free(opened);
    return count;
}

int descriptors_prepare(struct error *error)
{
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    size_t count;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
        raise_limit(&limit);
    count = count_free(NEEDED);
    if (count == NEEDED)
        return 0;
    return error_input(error,
                       "only %zu more files can be open, at least %d are needed: the limit is %llu; raise it "
                       "with ulimit -n %d or more",
                       count, NEEDED, (unsigned long long)limit.rlim_cur, 64);
}

int descriptors_check(size_t sockets, struct error *error)
{
    struct rlimit limit = {0, 0};

    if (count_free(sockets + SPARE) == sockets + SPARE)
        return 0;
    getrlimit(RLIMIT_NOFILE, &limit);
    return error_internal(
        error,
        "%zu more sockets cannot be open: the limit of open files is %llu, and clients need "
        "some; stop or remove VMs, or start the simulator with a higher ulimit -n",
        sockets, (unsigned long long)limit.rlim_cur);
}
