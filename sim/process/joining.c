#include "sim/process/joining.h"

#include <stdlib.h>

#include "sim/base/file.h"
#include "sim/base/memory.h"
#include "sim/process/kms_caller.h"

#define PAUSE_MS 1000
#define PAUSE_MS_MAX 60000

/* One VM. */
struct joining_task {
    struct joining_task *next;
    struct joining *joining;
    struct vm *vm;
    struct kms_join join;
    uv_timer_t timer;
    void *asking; /* or NULL */
    unsigned pause_ms;
};

void joining_init(struct joining *joining, uv_loop_t *loop, struct log *log, const struct options *options,
                  struct cluster *cluster)
{
    *joining = (struct joining){
        .loop = loop,
        .log = log,
        .options = options,
        .cluster = cluster,
        .asker = kms_caller_asker(loop),
    };
}

/* --- the end --- */

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void remove_task(struct joining_task *task)
{
    struct joining_task **at = &task->joining->first;

    while (*at != task)
        at = &(*at)->next;
    *at = task->next;
    if (task->asking)
        task->joining->asker.cancel(task->asking);
    kms_join_free(&task->join);
    uv_close((uv_handle_t *)&task->timer, on_closed);
}

/* --- what becomes of it --- */

static void write_keys(const struct joining_task *task)
{
    const struct joining *joining = task->joining;
    const char *path = joining->options->write_app_keys;
    struct error error = {.kind = ERROR_NONE};
    struct buf text;

    if (!path || !task->vm->is_first)
        return;
    buf_init(&text, SIZE_MAX);
    kms_join_write_keys(&task->join, &text);
    if (file_write_private(path, text.data, text.len, &error))
        log_write(joining->log, LOG_WARN, "--write-app-keys: %s", error.text);
    bytes_wipe(text.data, text.len);
    buf_free(&text);
}

static void tell(const struct joining_task *task)
{
    log_write(task->joining->log, LOG_INFO, "%s: it has its keys and its certificate from the KMS %s",
              task->vm->is_first ? "the first TD has booted" : "a deployed TD has booted",
              task->vm->td->keys.kms.url);
}

static void on_pause(uv_timer_t *timer);

static void pause_after(struct joining_task *task, const struct error *failure)
{
    log_write(task->joining->log, LOG_WARN, "%s; it is asked again in %u s", failure->text,
              task->pause_ms / 1000);
    uv_timer_start(&task->timer, on_pause, task->pause_ms, 0);
    task->pause_ms = task->pause_ms * 2 < PAUSE_MS_MAX ? task->pause_ms * 2 : PAUSE_MS_MAX;
    vmm_troubled(task->vm, failure->text);
}

/* --- asking --- */

static void ask(struct joining_task *task);

static void take(struct joining_task *task, const struct kms_guest_answer *answer)
{
    struct error error = {.kind = ERROR_NONE};
    const enum kms_join_outcome outcome = kms_join_take(&task->join, answer, &error);
    struct vm *vm = task->vm;

    if (outcome == KMS_JOIN_HAS_KEYS)
        write_keys(task);
    if (outcome == KMS_JOIN_HAS_FAILED) {
        pause_after(task, &error);
    } else if (outcome == KMS_JOIN_HAS_ENDED) {
        tell(task);
        remove_task(task);
        vmm_launched(vm, NULL);
    } else {
        ask(task);
    }
}

static void on_answer(void *waiter, const struct kms_guest_answer *answer)
{
    struct joining_task *task = waiter;

    task->asking = NULL;
    take(task, answer);
}

static void ask(struct joining_task *task)
{
    const struct kms_guest_asker *asker = &task->joining->asker;
    struct error error = {.kind = ERROR_NONE};
    struct kms_guest_call call;
    struct arena arena;
    int result;

    arena_init(&arena);
    result = kms_join_next(&task->join, &arena, &call, &error);
    if (result == 0)
        task->asking = asker->ask(asker->data, kms_join_url(&task->join), &call, on_answer, task);
    arena_free(&arena);
    if (result)
        take(task, &(struct kms_guest_answer){.problem = error.text});
}

static void on_pause(uv_timer_t *timer)
{
    ask(timer->data);
}

/* --- for the host of the VMM --- */

static struct joining_task *find(const struct joining *joining, const struct vm *vm)
{
    struct joining_task *task = joining->first;

    while (task && task->vm != vm)
        task = task->next;
    return task;
}

/* Those that it is deployed with, or else those of the option, as a VMM has them in its configuration. */
static void init_join(struct joining_task *task)
{
    const struct options_texts *all = &task->joining->options->kms_urls;
    const struct vm_texts *own = &task->vm->settings.kms_urls;

    if (own->count)
        kms_join_init(&task->join, task->joining->cluster, task->vm->td, own->items, own->count);
    else
        kms_join_init(&task->join, task->joining->cluster, task->vm->td, (const char *const *)all->items,
                      all->count);
}

void joining_begin(struct joining *joining, struct vm *vm)
{
    struct joining_task *task;

    if (find(joining, vm))
        return;
    task = memory_zalloc(sizeof *task);
    task->joining = joining;
    task->vm = vm;
    task->pause_ms = PAUSE_MS;
    task->next = joining->first;
    joining->first = task;
    uv_timer_init(joining->loop, &task->timer);
    task->timer.data = task;
    init_join(task);
    ask(task);
}

void joining_end(struct joining *joining, const struct vm *vm)
{
    struct joining_task *task = find(joining, vm);

    if (task)
        remove_task(task);
}

void joining_close(struct joining *joining)
{
    while (joining->first)
        remove_task(joining->first);
}
