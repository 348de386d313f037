#include "sim/base/log_sink.h"

#include <limits.h>
#include <poll.h>
#include <unistd.h>

/* A pipe that is ready takes PIPE_BUF bytes without blocking (POSIX, write). The descriptor itself
 * stays blocking, because others share it: a terminal has the shell, too. What fails, as on a full disk,
 * is tried again later. */
static size_t write_stderr(void *data, struct span bytes)
{
    struct pollfd poll_fd = {.fd = STDERR_FILENO, .events = POLLOUT};
    size_t len = bytes.len < PIPE_BUF ? bytes.len : PIPE_BUF;
    ssize_t written;

    (void)data;
    if (poll(&poll_fd, 1, 0) == 0)
        return 0;
    written = write(STDERR_FILENO, bytes.data, len);
    return written < 0 ? 0 : (size_t)written;
}

struct log_sink log_sink_stderr(void)
{
    return (struct log_sink){.write = write_stderr};
}
