#include "sim/net/writes.h"

#include <errno.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/aio_abi.h>
#include <sys/syscall.h>
#endif

void writes_init(struct writes *writes)
{
    *writes = (struct writes){0};
}

static void write_one(struct writes_item *item)
{
    do
        item->result = write(item->descriptor, item->bytes.data, item->bytes.len);
    while (item->result < 0 && errno == EINTR);
    if (item->result < 0)
        item->result = -errno;
}

#ifdef __linux__

void writes_free(struct writes *writes)
{
    if (writes->context)
        (void)syscall(SYS_io_destroy, (aio_context_t)writes->context);
    writes_init(writes);
}

static bool prepare(struct writes *writes)
{
    aio_context_t context = 0;

    if (writes->context || writes->is_unavailable)
        return !writes->is_unavailable;
    writes->is_unavailable = syscall(SYS_io_setup, WRITES_MAX, &context) != 0;
    writes->context = context;
    return !writes->is_unavailable;
}

/* The writes have been done, so their results are there. */
static void take_results(const struct writes *writes, struct writes_item *items, long count)
{
    struct io_event events[WRITES_MAX];
    long taken;

    do
        taken = syscall(SYS_io_getevents, (aio_context_t)writes->context, count, count, events, NULL);
    while (taken < 0 && errno == EINTR);
    for (long i = 0; i < taken; i++)
        items[events[i].data].result = (ssize_t)events[i].res;
}

/* Returns how many of the first ones have been tried. */
static size_t submit(struct writes *writes, struct writes_item *items, size_t count)
{
    struct iocb blocks[WRITES_MAX] = {0}, *all[WRITES_MAX];
    long taken;

    if (count < 2 || !prepare(writes))
        return 0;
    for (size_t i = 0; i < count; i++) {
        all[i] = &blocks[i];
        blocks[i].aio_data = i;
        blocks[i].aio_lio_opcode = IOCB_CMD_PWRITE;
        blocks[i].aio_fildes = (uint32_t)items[i].descriptor;
        blocks[i].aio_buf = (uintptr_t)items[i].bytes.data;
        blocks[i].aio_nbytes = items[i].bytes.len;
        items[i].result = -EIO; /* never to be written again */
    }
    taken = syscall(SYS_io_submit, (aio_context_t)writes->context, (long)count, all);
    if (taken <= 0)
        return 0;
    take_results(writes, items, taken);
    return (size_t)taken;
}

#else

void writes_free(struct writes *writes)
{
    writes_init(writes);
}

static size_t submit(struct writes *writes, struct writes_item *items, size_t count)
{
    return 0;
}

#endif

void writes_send(struct writes *writes, struct writes_item *items, size_t count)
{
    size_t done = 0;

    /* One that is not accepted ends the rest of a call, and says why when it is written by itself. */
    while (done < count) {
        const size_t tried = submit(writes, items + done, count - done);

        if (tried == 0)
            write_one(&items[done]);
        done += tried ? tried : 1;
    }
    for (size_t i = 0; i < count; i++)
        if (items[i].result == -ENOBUFS)
            items[i].result = -EAGAIN;
}
