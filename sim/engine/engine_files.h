/* The files that an engine is handed for one deployment, in a directory that only this user reads. */
#ifndef ENGINE_ENGINE_FILES_H
#define ENGINE_ENGINE_FILES_H

#include <limits.h>

#include "sim/app/containers.h"
#include "sim/app/env.h"

#define ENGINE_FILES_DIRECTORY "compose" /* in that of the TD's sockets */

struct engine_files {
    char directory[PATH_MAX];
    char compose[PATH_MAX + 32];
    char override[PATH_MAX + 32]; /* mounts the TD's sockets in every service */
    char env[PATH_MAX + 32];      /* .env, which compose reads by itself: what ${VARIABLES} are */
};

/* Writes them. sockets: the absolute path of the directory that has the TD's. Fails with a sentence;
 * call engine_files_remove in both cases. */
MUST_CHECK int engine_files_write(struct engine_files *files, const char *sockets, const struct app *app,
                                  const struct env *env, struct error *error);
void engine_files_remove(const struct engine_files *files);

#endif
