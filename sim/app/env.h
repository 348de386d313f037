/* The environment of an app: names and values. */
#ifndef APP_ENV_H
#define APP_ENV_H

#include "sim/base/buf.h"

struct env_var {
    char *key;   /* a valid shell name: letters, digits and '_', no digit first */
    char *value; /* UTF-8 */
};

struct env {
    struct env_var *vars;
    size_t count;
    char **dropped; /* names that were encrypted too, but are not in the app's allowed_envs */
    size_t dropped_count;
};

/* "export KEY='value'" lines: a shell that evaluates them passes the variables on to what it starts. */
void env_write_shell(const struct env *env, struct buf *out);

#endif
