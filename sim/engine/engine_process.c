#include "sim/engine/engine_process.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define GRACE_MILLIS 5000 /* between asking it to end and ending it */
#define DRAIN_MILLIS 1000 /* after its end, for what it has started and that still has its output open */

static void on_closed(uv_handle_t *handle)
{
    struct engine_process *process = handle->data;

    if (--process->open_handles == 0)
        process->user.done(process->user.data, process->status);
}

static void close_handle(void *handle)
{
    if (!uv_is_closing(handle))
        uv_close(handle, on_closed);
}

/* --- its output --- */

static void tell_line(struct engine_output *output)
{
    const struct engine_process_user *user = &output->owner->user;

    output->line[output->len] = '\0';
    output->len = 0;
    user->line(user->data, output == &output->owner->outputs[1], output->line);
}

static void add_byte(struct engine_output *output, char byte)
{
    if (byte == '\n') {
        tell_line(output);
        return;
    }
    if (byte != '\r')
        output->line[output->len++] = byte ? byte : ' ';
    if (output->len == ENGINE_LINE_BYTES - 1)
        tell_line(output);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct engine_output *output = (struct engine_output *)handle;

    (void)suggested;
    *buf = uv_buf_init(output->bytes, sizeof output->bytes);
}

/* Once it has exited and said all, nothing is left to wait for. */
static void finish(struct engine_process *process)
{
    for (size_t i = 0; i < ENGINE_OUTPUTS; i++)
        if (!process->has_exited || !uv_is_closing((uv_handle_t *)&process->outputs[i].pipe))
            return;
    close_handle(&process->timer);
}

static void on_read(uv_stream_t *stream, ssize_t got, const uv_buf_t *buf)
{
    struct engine_output *output = (struct engine_output *)stream;

    for (ssize_t i = 0; i < got; i++)
        add_byte(output, buf->base[i]);
    if (got >= 0)
        return;
    if (output->len > 0)
        tell_line(output);
    close_handle(&output->pipe);
    finish(output->owner);
}

/* --- its end --- */

/* Group and all; it may be gone already. */
static void signal_group(const struct engine_process *process, int number)
{
    if (!process->has_exited)
        (void)uv_kill(-process->process.pid, number);
}

static void on_timer(uv_timer_t *timer)
{
    struct engine_process *process = timer->data;

    if (!process->has_exited) {
        signal_group(process, SIGKILL);
        return;
    }
    for (size_t i = 0; i < ENGINE_OUTPUTS; i++)
        close_handle(&process->outputs[i].pipe);
    finish(process);
}

static void on_exit(uv_process_t *handle, int64_t status, int number)
{
    struct engine_process *process = handle->data;

    process->has_exited = true;
    process->status = status || number ? -1 : 0;
    close_handle(&process->process);
    uv_timer_start(&process->timer, on_timer, DRAIN_MILLIS, 0);
    finish(process);
}

void engine_process_end(struct engine_process *process)
{
    if (process->open_handles == 0 || process->has_exited || process->is_killed)
        return;
    process->is_killed = true;
    signal_group(process, SIGTERM);
    uv_timer_start(&process->timer, on_timer, GRACE_MILLIS, 0);
}

/* --- its start --- */

static int spawn(struct engine_process *process, uv_loop_t *loop, char **argv, char **envp)
{
    uv_stdio_container_t stdio[1 + ENGINE_OUTPUTS] = {{.flags = UV_IGNORE}};
    uv_process_options_t options = {
        .file = argv[0],
        .args = argv,
        .env = envp,
        .exit_cb = on_exit,
        .flags = UV_PROCESS_DETACHED,
        .stdio = stdio,
        .stdio_count = 1 + ENGINE_OUTPUTS,
    };

    for (size_t i = 0; i < ENGINE_OUTPUTS; i++) {
        stdio[1 + i].flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE;
        stdio[1 + i].data.stream = (uv_stream_t *)&process->outputs[i].pipe;
    }
    return uv_spawn(loop, &process->process, &options);
}

static void set_up(struct engine_process *process, uv_loop_t *loop)
{
    const struct engine_process_user user = process->user;

    *process = (struct engine_process){.user = user, .open_handles = 2 + ENGINE_OUTPUTS};
    uv_timer_init(loop, &process->timer);
    process->timer.data = process->process.data = process;
    for (size_t i = 0; i < ENGINE_OUTPUTS; i++) {
        uv_pipe_init(loop, &process->outputs[i].pipe, 0);
        process->outputs[i].pipe.data = process->outputs[i].owner = process;
    }
}

/* The loop needs the handles until they are closed. */
static void give_up(struct engine_process *process, const char *program, const char *reason)
{
    char line[ENGINE_LINE_BYTES];

    process->has_exited = true;
    process->status = -1;
    snprintf(line, sizeof line, "cannot start %s: %s", program, reason);
    process->user.line(process->user.data, true, line);
    close_handle(&process->timer);
    close_handle(&process->process);
    for (size_t i = 0; i < ENGINE_OUTPUTS; i++)
        close_handle(&process->outputs[i].pipe);
}

void engine_process_start(struct engine_process *process, uv_loop_t *loop, char **argv, char **envp,
                          uint64_t most_millis)
{
    int failed;

    set_up(process, loop);
    failed = spawn(process, loop, argv, envp);
    if (failed) {
        give_up(process, argv[0], uv_strerror(failed));
        return;
    }
    for (size_t i = 0; i < ENGINE_OUTPUTS; i++)
        if (uv_read_start((uv_stream_t *)&process->outputs[i].pipe, on_alloc, on_read) != 0)
            close_handle(&process->outputs[i].pipe);
    if (most_millis)
        uv_timer_start(&process->timer, on_timer, most_millis, 0);
}
