#include "sim/net/writes.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/aio_abi.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#endif

static void write_one(struct writes_item *item)
{
    do
        item->result = write(item->descriptor, item->bytes.data, item->bytes.len);
    while (item->result < 0 && errno == EINTR);
    if (item->result < 0)
        item->result = -errno;
}

#ifdef __linux__

void writes_init(struct writes *writes)
{
    *writes = (struct writes){.kernel = syscall};
}

void writes_free(struct writes *writes)
{
    if (writes->context)
        (void)writes->kernel(SYS_io_destroy, (aio_context_t)writes->context);
    writes->context = 0;
}

static void give_up(struct writes *writes)
{
    writes_free(writes);
    writes->is_unavailable = true;
}

/* Returns how many of the first ones have been accepted, or -1. The blocks must stay until the results, which refer
 * to them, have been taken. */
static long submit(const struct writes *writes, const struct writes_item *items, size_t count,
                   struct iocb blocks[static WRITES_MAX])
{
    struct iocb *all[WRITES_MAX];

    for (size_t i = 0; i < count; i++) {
        all[i] = &blocks[i];
        blocks[i] = (struct iocb){
            .aio_data = i,
            .aio_lio_opcode = IOCB_CMD_PWRITE,
            .aio_fildes = (uint32_t)items[i].descriptor,
            .aio_buf = (uintptr_t)items[i].bytes.data,
            .aio_nbytes = items[i].bytes.len,
        };
    }
    return writes->kernel(SYS_io_submit, (aio_context_t)writes->context, (long)count, all);
}

/* Takes results of at least `least` writes, and returns how many, or -1. They are in no order. */
static long take_results(const struct writes *writes, struct writes_item *items, long count, long least)
{
    struct io_event events[WRITES_MAX];
    long taken;

    do
        taken = writes->kernel(SYS_io_getevents, (aio_context_t)writes->context, least, count, events,
                               least ? NULL : &(struct timespec){0});
    while (taken < 0 && errno == EINTR);
    for (long i = 0; i < taken; i++)
        items[events[i].data].result = (ssize_t)events[i].res;
    return taken;
}

/* Whether the result of a write is there when it has been submitted, and says that all is written. */
static bool writes_at_once(const struct writes *writes)
{
    struct writes_item item = {.bytes = span_text("x")};
    struct iocb blocks[WRITES_MAX];
    int pair[2];
    bool is_written;

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        return false;
    item.descriptor = pair[0];
    is_written =
        submit(writes, &item, 1, blocks) == 1 && take_results(writes, &item, 1, 0) == 1 && item.result == 1;
    close(pair[0]);
    close(pair[1]);
    return is_written;
}

static bool prepare(struct writes *writes)
{
    aio_context_t context = 0;

    if (writes->context || writes->is_unavailable)
        return !writes->is_unavailable;
    writes->is_unavailable = writes->kernel(SYS_io_setup, WRITES_MAX, &context) != 0;
    writes->context = context;
    if (context && !writes_at_once(writes))
        give_up(writes);
    return !writes->is_unavailable;
}

/* Returns how many of the first ones have been tried. */
static size_t try_together(struct writes *writes, struct writes_item *items, size_t count)
{
    struct iocb blocks[WRITES_MAX];
    long accepted, taken;

    if (count < 2 || !prepare(writes))
        return 0;
    accepted = submit(writes, items, count, blocks);
    if (accepted < 0 && errno != EBADF && errno != EAGAIN)
        give_up(writes);
    for (long i = 0; i < accepted; i++)
        items[i].result = -EIO; /* not to be written again if its result cannot be had */
    for (long left = accepted; left > 0; left -= taken) {
        taken = take_results(writes, items, left, left);
        if (taken <= 0) {
            give_up(writes);
            break;
        }
    }
    return accepted > 0 ? (size_t)accepted : 0;
}

#else

void writes_init(struct writes *writes)
{
    *writes = (struct writes){.is_unavailable = true};
}

void writes_free(struct writes *writes)
{
}

static size_t try_together(struct writes *writes, struct writes_item *items, size_t count)
{
    return 0;
}

#endif

void writes_send(struct writes *writes, struct writes_item *items, size_t count)
{
    size_t done = 0;

    /* One that is not accepted ends the rest of a call, and says why when it is written by itself. */
    while (done < count) {
        const size_t tried = try_together(writes, items + done, count - done);

        if (tried == 0)
            write_one(&items[done]);
        done += tried ? tried : 1;
    }
    for (size_t i = 0; i < count; i++)
        if (items[i].result == -ENOBUFS || items[i].result == -EINTR)
            items[i].result = -EAGAIN;
}
