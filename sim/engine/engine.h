/* The app's containers, where there is an engine: the compose file of each deployment is handed to
 * `docker compose`, or to another of its kind, with the TD's sockets at /var/run/ and its environment.
 *
 *   start ──▶ up -d ──▶ logs -f ──▶ (all have ended)
 *                │          │
 *                └──── end ─┴──▶ down ──▶ ended
 *
 * All runs on the loop; nothing waits. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <uv.h>

#include "sim/app/app.h"
#include "sim/app/env.h"
#include "sim/base/error.h"
#include "sim/engine/engine_find.h"

struct engine;

/* Whom it reports to. owner: what a start was for. */
struct engine_user {
    /* A line that the containers, or the engine itself, say. */
    void (*line)(void *data, void *owner, bool is_error, const char *text);
    /* The containers have been started, or not: failure is a sentence, or NULL. */
    void (*started)(void *data, void *owner, const char *failure);
    /* All is taken down; the last that is heard of the owner. */
    void (*ended)(void *data, void *owner);
    void *data;
};

/* Copies the program. */
struct engine *engine_new(uv_loop_t *loop, const struct engine_program *program,
                          const struct engine_user *user);
/* Nothing may run any more. */
void engine_free(struct engine *engine);

/* What is to be run. */
struct engine_app {
    const char *id;      /* of the deployment: letters, digits and '-' */
    const char *sockets; /* the absolute path of the directory with the TD's sockets */
    const struct app *app;
    const struct env *env;
};

/* Whether the app has something that an engine runs. */
bool engine_is_for(const struct app *app);

/* Starts the containers; `started` follows. Fails with a sentence, with nothing left over. */
MUST_CHECK int engine_start(struct engine *engine, void *owner, const struct engine_app *app,
                            struct error *error);

/* Takes down what runs for the owner. Returns whether there is something, in which case `ended`
 * follows. */
bool engine_end(struct engine *engine, const void *owner);

/* Whether something runs for the owner, or is being taken down. */
bool engine_runs(const struct engine *engine, const void *owner);

/* Takes everything down. */
void engine_end_all(struct engine *engine);

#endif
