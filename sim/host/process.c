#include "sim/host/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILE_BYTES 1024  /* more than any of these files needs */
#define COUNTED_FDS 1024 /* takes about 0.2 ms */
#define STARTED_FIELD 22 /* of /proc/self/stat, counted from 1: proc_pid_stat(5) */

/* The start of a file in /proc; empty if it cannot be read. */
static void read_small(const char *path, char text[static FILE_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd < 0 ? 0 : read(fd, text, FILE_BYTES - 1);

    text[len > 0 ? len : 0] = '\0';
    if (fd >= 0)
        close(fd);
}

static void read_memory(struct host_process *process)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    char text[FILE_BYTES], *end;

    read_small("/proc/self/statm", text);
    process->virtual_bytes = strtoull(text, &end, 10) * page;
    process->resident_bytes = strtoull(end, NULL, 10) * page;
}

static uint64_t micros_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

/* Does not count the descriptor of the directory itself. */
static uint64_t count_fds(void)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *entry;
    uint64_t count = 0;

    if (!directory)
        return 0;
    while (count <= COUNTED_FDS + 1 && (entry = readdir(directory)))
        count += entry->d_name[0] != '.';
    closedir(directory);
    return count > COUNTED_FDS + 1 ? 0 : count - 1;
}

/* Since Linux 6.2 the size of the directory is the number of descriptors. */
static uint64_t read_open_fds(void)
{
    struct stat directory;

    if (stat("/proc/self/fd", &directory) == 0 && directory.st_size > 0)
        return (uint64_t)directory.st_size;
    return count_fds();
}

void process_read(struct host_process *process)
{
    struct rlimit limit;
    struct rusage usage;

    *process = (struct host_process){.open_fds = read_open_fds()};
    read_memory(process);
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        process->cpu_micros = micros_of(usage.ru_utime) + micros_of(usage.ru_stime);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        process->max_fds = limit.rlim_cur;
}

static int64_t millis_of(clockid_t clock)
{
    struct timespec now = {0};

    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t process_started(void)
{
    int64_t ticks_per_second = sysconf(_SC_CLK_TCK);
    char text[FILE_BYTES], *at;
    int64_t since_boot;

    read_small("/proc/self/stat", text);
    at = strrchr(text, ')'); /* the end of field 2, the name, which may contain spaces */
    for (int field = 2; at && field < STARTED_FIELD; field++)
        at = strchr(at + 1, ' ');
    if (!at || ticks_per_second <= 0)
        return 0;
    since_boot = strtoll(at, NULL, 10) * 1000 / ticks_per_second;
    return millis_of(CLOCK_REALTIME) - millis_of(CLOCK_BOOTTIME) + since_boot;
}
