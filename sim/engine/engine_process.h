/* A program that runs beside the loop: its output comes line by line, and its end once. */
#ifndef ENGINE_ENGINE_PROCESS_H
#define ENGINE_ENGINE_PROCESS_H

#include <stdbool.h>

#include <uv.h>

#define ENGINE_LINE_BYTES 4096 /* with NUL; a longer line comes in pieces */
#define ENGINE_OUTPUTS 2       /* standard output and standard error */

struct engine_process_user {
    void (*line)(void *data, bool is_error, const char *text);
    void (*done)(void *data, int status); /* 0: it succeeded. The process may be started again then */
    void *data;
};

struct engine_output {
    uv_pipe_t pipe;
    struct engine_process *owner;
    char line[ENGINE_LINE_BYTES];
    size_t len;
    char bytes[ENGINE_LINE_BYTES]; /* being read */
};

struct engine_process {
    uv_process_t process;
    uv_timer_t timer;
    struct engine_output outputs[ENGINE_OUTPUTS];
    struct engine_process_user user;
    unsigned open_handles; /* 0: it does not run */
    bool has_exited;
    bool is_killed;
    int status;
};

/* Starts argv[0], an absolute path, with this environment only, in a process group of its own, for at most
 * that many milliseconds; 0: for as long as it takes. If it does not start, it says so in an error line. In
 * either case `done` follows, before which the process cannot be freed. */
void engine_process_start(struct engine_process *process, uv_loop_t *loop, char **argv, char **envp,
                          uint64_t most_millis);

/* Asks it and what it has started to end; after some seconds it has to. */
void engine_process_end(struct engine_process *process);

#endif
