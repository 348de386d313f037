#include "sim/process/lookup.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"

#define STACK_BYTES ((size_t)1024 * 1024)

enum state { RUNNING, FINISHED, ABANDONED };

/* What the thread has. It belongs to the loop, but to the thread once that has been abandoned. */
struct task {
    atomic_int state;
    uv_async_t *finished; /* of the lookup; not used if it is abandoned */
    char *host;           /* heap */
    uint16_t port;
    int result;
    struct names_found found;
};

struct lookup {
    uv_async_t finished;
    pthread_t thread;
    struct task *task;
    lookup_done on_done;
    void *data;
};

static void free_task(struct task *task)
{
    free(task->host);
    free(task);
}

static void *look_up(void *data)
{
    struct task *task = data;

    task->result = names_look_up(task->host, task->port, &task->found);
    if (atomic_exchange(&task->state, FINISHED) == ABANDONED)
        free_task(task);
    else
        uv_async_send(task->finished);
    return NULL;
}

/* Signals are the loop's. */
static int start(struct lookup *lookup)
{
    pthread_attr_t attributes;
    sigset_t all, before;
    int result;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    result = pthread_create(&lookup->thread, &attributes, look_up, lookup->task);
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void close_lookup(struct lookup *lookup)
{
    uv_close((uv_handle_t *)&lookup->finished, on_closed);
}

/* The thread has nothing left to do but to end. */
static void on_finished(uv_async_t *async)
{
    struct lookup *lookup = async->data;
    struct task *task = lookup->task;

    pthread_join(lookup->thread, NULL);
    close_lookup(lookup);
    lookup->on_done(lookup->data, task->result, &task->found);
    free_task(task);
}

struct lookup *lookup_begin(uv_loop_t *loop, const char *host, uint16_t port, lookup_done on_done, void *data)
{
    struct lookup *lookup = memory_zalloc(sizeof *lookup);

    if (uv_async_init(loop, &lookup->finished, on_finished) != 0) { /* then there is no handle to close */
        free(lookup);
        return NULL;
    }
    lookup->finished.data = lookup;
    lookup->on_done = on_done;
    lookup->data = data;
    lookup->task = memory_zalloc(sizeof *lookup->task);
    lookup->task->finished = &lookup->finished;
    lookup->task->host = memory_copy(host, strlen(host));
    lookup->task->port = port;
    if (start(lookup) == 0)
        return lookup;
    free_task(lookup->task);
    close_lookup(lookup);
    return NULL;
}

void lookup_cancel(struct lookup *lookup)
{
    if (atomic_exchange(&lookup->task->state, ABANDONED) == RUNNING) {
        pthread_detach(lookup->thread);
    } else { /* it has sent, or is about to */
        pthread_join(lookup->thread, NULL);
        free_task(lookup->task);
    }
    close_lookup(lookup);
}
