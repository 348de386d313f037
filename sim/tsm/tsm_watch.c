#include "sim/tsm/tsm_watch.h"

#include <stdlib.h>

#include "sim/base/memory.h"

struct tsm_watch {
    union {
        uv_handle_t handle;
        uv_fs_event_t directory;
        uv_poll_t descriptor;
    } uv;
    uv_timer_t calm; /* of a directory: active while a change has not been told */
    uint64_t calm_until;
    int handles; /* not closed yet */
    void (*on_event)(void *data);
    void *data;
};

static void on_closed(uv_handle_t *handle)
{
    struct tsm_watch *watch = handle->data;

    if (--watch->handles == 0)
        free(watch);
}

void tsm_watch_end(struct tsm_watch *watch)
{
    if (!watch)
        return;
    if (watch->handles > 1)
        uv_close((uv_handle_t *)&watch->calm, on_closed);
    uv_close(&watch->uv.handle, on_closed);
}

static struct tsm_watch *new_watch(void (*on_event)(void *data), void *data)
{
    struct tsm_watch *watch = memory_zalloc(sizeof *watch);

    watch->on_event = on_event;
    watch->data = data;
    return watch;
}

static void on_calm(uv_timer_t *timer)
{
    struct tsm_watch *watch = timer->data;

    watch->calm_until = uv_now(timer->loop) + TSM_WATCH_CALM_MS;
    watch->on_event(watch->data);
}

/* Called for each change by a loop of libuv's, which ends once there are no more: what answers to changes by
 * making some must not be called from here. */
static void on_directory(uv_fs_event_t *handle, const char *name, int events, int status)
{
    struct tsm_watch *watch = handle->data;
    const uint64_t now = uv_now(handle->loop);

    (void)events;
    (void)status;
    if ((name && name[0] == '.') || uv_is_active((const uv_handle_t *)&watch->calm))
        return;
    uv_timer_start(&watch->calm, on_calm, watch->calm_until > now ? watch->calm_until - now : 0, 0);
}

/* What the limits of inotify are called, which few know. */
static int fail_to_watch(const char *path, int status, struct error *error)
{
    error_input(error, "cannot watch %s: %s", path, uv_strerror(status));
    if (status == UV_ENOSPC)
        return error_advice(error, "raise /proc/sys/fs/inotify/max_user_watches");
    if (status == UV_EMFILE)
        return error_advice(error,
                            "raise /proc/sys/fs/inotify/max_user_instances, or the limit of open files");
    return -1;
}

struct tsm_watch *tsm_watch_directory(uv_loop_t *loop, const char *path, void (*on_change)(void *data),
                                      void *data, struct error *error)
{
    struct tsm_watch *watch = new_watch(on_change, data);
    int status;

    uv_fs_event_init(loop, &watch->uv.directory);
    uv_timer_init(loop, &watch->calm);
    watch->handles = 2;
    watch->uv.handle.data = watch->calm.data = watch;
    status = uv_fs_event_start(&watch->uv.directory, on_directory, path, 0);
    if (status == 0)
        return watch;
    fail_to_watch(path, status, error);
    tsm_watch_end(watch);
    return NULL;
}

static void on_descriptor(uv_poll_t *handle, int status, int events)
{
    const struct tsm_watch *watch = handle->data;

    (void)status;
    (void)events;
    watch->on_event(watch->data);
}

struct tsm_watch *tsm_watch_descriptor(uv_loop_t *loop, int fd, void (*on_readable)(void *data), void *data,
                                       struct error *error)
{
    struct tsm_watch *watch = new_watch(on_readable, data);
    int status = uv_poll_init(loop, &watch->uv.descriptor, fd);

    if (status != 0) { /* then there is no handle to close */
        free(watch);
        error_internal(error, "cannot wait for a FIFO: %s", uv_strerror(status));
        return NULL;
    }
    watch->handles = 1;
    watch->uv.handle.data = watch;
    status = uv_poll_start(&watch->uv.descriptor, UV_READABLE, on_descriptor);
    if (status == 0)
        return watch;
    error_internal(error, "cannot wait for a FIFO: %s", uv_strerror(status));
    tsm_watch_end(watch);
    return NULL;
}
