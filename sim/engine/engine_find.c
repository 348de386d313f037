#include "sim/engine/engine_find.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/base/unconst.h"
#include "sim/engine/engine_environment.h"

#define LOOKS 500 /* at a program that has been asked, before it is given up */
#define PAUSE_NANOSECONDS 10000000

static bool is_program(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, X_OK) == 0;
}

static bool find_in_path(const char *name, char path[static PATH_MAX])
{
    const char *places = getenv("PATH");

    for (const char *at = places ? places : ""; *at; at += strcspn(at, ":"), at += *at == ':') {
        const int len = (int)strcspn(at, ":");

        if (at[0] == '/' && snprintf(path, PATH_MAX, "%.*s/%s", len, at, name) < PATH_MAX && is_program(path))
            return true;
    }
    return false;
}

static bool await_success(pid_t pid)
{
    const struct timespec pause = {.tv_nsec = PAUSE_NANOSECONDS};
    int status;

    for (int i = 0; i < LOOKS; i++) {
        pid_t done = waitpid(pid, &status, WNOHANG);

        if (done == pid)
            return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (done < 0)
            return false;
        nanosleep(&pause, NULL);
    }
    (void)kill(pid, SIGKILL);
    (void)waitpid(pid, &status, 0);
    return false;
}

/* Whether it knows compose: a docker or podman may lack it. */
static bool answers(const struct engine_program *program)
{
    char *argv[] = {unconst(program->path), unconst(program->has_command ? "compose" : "version"),
                    program->has_command ? unconst("version") : NULL, NULL};
    char *envp[ENGINE_ENVIRONMENT_MAX];
    posix_spawn_file_actions_t actions;
    bool is_started;
    pid_t pid;

    engine_environment(envp);
    if (posix_spawn_file_actions_init(&actions) != 0)
        return false;
    is_started = true;
    for (int fd = 0; fd < 3; fd++)
        is_started =
            is_started && posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0) == 0;
    is_started = is_started && posix_spawn(&pid, argv[0], &actions, NULL, argv, envp) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return is_started && await_success(pid);
}

int engine_find(struct engine_program *program, struct error *error)
{
    static const struct {
        const char *name;
        bool has_command;
    } candidates[] = {
        {"docker", true}, {"podman", true}, {"podman-compose", false}, {"docker-compose", false}};

    for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++) {
        program->has_command = candidates[i].has_command;
        if (find_in_path(candidates[i].name, program->path) && answers(program))
            return 0;
    }
    return error_input(error,
                       "containers need docker compose, podman compose, podman-compose or docker-compose "
                       "on the PATH, but none of them works");
}
