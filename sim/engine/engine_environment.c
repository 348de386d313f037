#include "sim/engine/engine_environment.h"

#include <stddef.h>
#include <string.h>

extern char **environ; /* POSIX */

void engine_environment(char *envp[static ENGINE_ENVIRONMENT_MAX])
{
    static const char *const names[] = {
        "PATH=",           "HOME=",          "LANG=", "TMPDIR=",         "XDG_RUNTIME_DIR=", "DOCKER_HOST=",
        "DOCKER_CONTEXT=", "DOCKER_CONFIG=", "USER=", "CONTAINER_HOST=", "CONTAINERS_CONF="};
    size_t count = 0;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (char **at = environ; *at; at++)
            if (strncmp(*at, names[i], strlen(names[i])) == 0 && count < ENGINE_ENVIRONMENT_MAX - 1)
                envp[count++] = *at;
    envp[count] = NULL;
}
