/* The containers an app would run: the services of its docker-compose file. */
#ifndef APP_CONTAINERS_H
#define APP_CONTAINERS_H

#include "sim/app/app.h"
#include "sim/base/arena.h"

#define CONTAINERS_MAX 256

struct container {
    char *service; /* its key under services: */
    char *name;    /* its container_name, or empty */
    char *image;   /* empty if it is built or not specified */
};

/* Reads docker_compose_file of the app-compose. Returns the number of containers, at most
 * CONTAINERS_MAX; 0 if the app has no such file or it is malformed. Everything is in the arena. */
size_t containers_list(const struct app *app, struct arena *arena, struct container **containers);

/* Checks that this is a docker-compose file: YAML with a mapping `services`. If it is not YAML,
 * the error names the line. */
MUST_CHECK int containers_check(struct span file, struct error *error);

#endif
