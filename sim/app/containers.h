/* The containers an app would run: the services of its docker-compose file. */
#ifndef APP_CONTAINERS_H
#define APP_CONTAINERS_H

#include "sim/app/app.h"
#include "sim/base/arena.h"

#define CONTAINERS_MAX 256

struct container {
    char *service; /* its key under services: */
    char *name;    /* its container_name, or empty */
    char *image;   /* empty when it is built or not said */
};

/* Reads docker_compose_file of the app-compose. Returns how many there are, at
 * most CONTAINERS_MAX; none when the app has no such file or it is not YAML of
 * that shape. Everything lies in the arena. */
size_t containers_list(const struct app *app, struct arena *arena, struct container **containers);

/* Is this a docker-compose file: YAML with a mapping `services`? Returns 0, or -1 with a
 * sentence that names the line, where it is no YAML. */
MUST_CHECK int containers_check(struct span file, struct error *error);

#endif
