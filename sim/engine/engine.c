#include "sim/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/base/memory.h"
#include "sim/base/unconst.h"
#include "sim/engine/engine_environment.h"
#include "sim/engine/engine_files.h"
#include "sim/engine/engine_process.h"

#define DOWN_MILLIS 60000 /* then it is given up */
#define PROJECT_BYTES 64
#define ARGUMENTS_MAX 24
#define SENTENCE_BYTES 512

enum phase { PHASE_UP, PHASE_LOGS, PHASE_IDLE, PHASE_DOWN };

struct engine_run {
    struct engine_run *next;
    struct engine *engine;
    void *owner;
    char project[PROJECT_BYTES];
    struct engine_files files;
    struct engine_process process;
    enum phase phase;
    bool is_ending;
    char last[SENTENCE_BYTES]; /* line of its standard error, for a sentence */
};

struct engine {
    uv_loop_t *loop;
    struct engine_program program;
    struct engine_user user;
    struct engine_run *runs;
};

bool engine_is_for(const struct app *app)
{
    return app->says.docker_compose_file &&
           (!app->says.runner || !app->says.runner[0] || strcmp(app->says.runner, "docker-compose") == 0);
}

/* --- running it --- */

static void compose(struct engine_run *run, const char *const *command, uint64_t most_millis)
{
    const struct engine_program *program = &run->engine->program;
    const char *const common[] = {"-p", run->project, "-f", run->files.compose, "-f", run->files.override};
    char *argv[ARGUMENTS_MAX], *envp[ENGINE_ENVIRONMENT_MAX];
    size_t count = 0;

    argv[count++] = unconst(program->path);
    if (program->has_command)
        argv[count++] = unconst("compose");
    for (size_t i = 0; i < sizeof common / sizeof *common; i++)
        argv[count++] = unconst(common[i]);
    for (; *command && count < ARGUMENTS_MAX - 1; command++)
        argv[count++] = unconst(*command);
    argv[count] = NULL;
    engine_environment(envp);
    engine_process_start(&run->process, run->engine->loop, argv, envp, most_millis);
}

static void tell(struct engine_run *run, const char *text)
{
    const struct engine_user *user = &run->engine->user;

    user->line(user->data, run->owner, true, text);
}

static void on_line(void *data, bool is_error, const char *text)
{
    const struct engine_user *user = &((struct engine_run *)data)->engine->user;
    struct engine_run *run = data;

    if (is_error && text[0])
        snprintf(run->last, sizeof run->last, "%.400s", text);
    user->line(user->data, run->owner, is_error, text);
}

/* --- its phases --- */

static void forget(struct engine_run *run)
{
    const struct engine_user *user = &run->engine->user;
    struct engine_run **at = &run->engine->runs;
    void *owner = run->owner;

    while (*at != run)
        at = &(*at)->next;
    *at = run->next;
    engine_files_remove(&run->files);
    free(run);
    user->ended(user->data, owner);
}

static void take_down(struct engine_run *run)
{
    static const char *const down[] = {"down", "--timeout", "5", NULL};

    run->phase = PHASE_DOWN;
    compose(run, down, DOWN_MILLIS);
}

static void follow_logs(struct engine_run *run)
{
    static const char *const logs[] = {"logs", "--follow", NULL};

    run->phase = PHASE_LOGS;
    compose(run, logs, 0);
}

static void on_up(struct engine_run *run, int status)
{
    const struct engine_user *user = &run->engine->user;
    char failure[SENTENCE_BYTES + 64];

    snprintf(failure, sizeof failure, "the containers do not start: %s",
             run->last[0] ? run->last : "the engine fails without a word");
    if (status == 0)
        follow_logs(run);
    else
        run->phase = PHASE_IDLE;
    user->started(user->data, run->owner, status ? failure : NULL);
}

static void on_done(void *data, int status)
{
    struct engine_run *run = data;

    if (run->phase == PHASE_DOWN) {
        if (status)
            tell(run, "the engine has not taken all containers down");
        forget(run);
    } else if (run->is_ending) {
        take_down(run);
    } else if (run->phase == PHASE_UP) {
        on_up(run, status);
    } else {
        run->phase = PHASE_IDLE;
        tell(run, "no container runs any more");
    }
}

static void end(struct engine_run *run)
{
    if (run->is_ending)
        return;
    run->is_ending = true;
    if (run->phase == PHASE_IDLE)
        take_down(run);
    else
        engine_process_end(&run->process);
}

/* --- the engine --- */

struct engine *engine_new(uv_loop_t *loop, const struct engine_program *program,
                          const struct engine_user *user)
{
    struct engine *engine = memory_zalloc(sizeof *engine);

    engine->loop = loop;
    engine->user = *user;
    engine->program = *program;
    return engine;
}

void engine_free(struct engine *engine)
{
    free(engine);
}

int engine_start(struct engine *engine, void *owner, const struct engine_app *app, struct error *error)
{
    static const char *const up[] = {"up", "--detach", "--remove-orphans", NULL};
    struct engine_run *run = memory_zalloc(sizeof *run);

    run->engine = engine;
    run->owner = owner;
    run->process.user = (struct engine_process_user){on_line, on_done, run};
    snprintf(run->project, sizeof run->project, "dstack-%s", app->id);
    if (engine_files_write(&run->files, app->sockets, app->app, app->env, error)) {
        engine_files_remove(&run->files);
        free(run);
        return -1;
    }
    compose(run, up, 0);
    run->next = engine->runs;
    engine->runs = run;
    return 0;
}

bool engine_end(struct engine *engine, const void *owner)
{
    for (struct engine_run *run = engine->runs; run; run = run->next)
        if (run->owner == owner) {
            end(run);
            return true;
        }
    return false;
}

bool engine_runs(const struct engine *engine, const void *owner)
{
    for (const struct engine_run *run = engine->runs; run; run = run->next)
        if (run->owner == owner)
            return true;
    return false;
}

void engine_end_all(struct engine *engine)
{
    for (struct engine_run *run = engine->runs, *next; run; run = next) {
        next = run->next;
        end(run);
    }
}
