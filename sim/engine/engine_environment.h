/* The environment of an engine: only what it needs, because a compose file may name any variable, and its
 * author is not this user. */
#ifndef ENGINE_ENGINE_ENVIRONMENT_H
#define ENGINE_ENGINE_ENVIRONMENT_H

#define ENGINE_ENVIRONMENT_MAX 16

/* Points into the environment of this process. */
void engine_environment(char *envp[static ENGINE_ENVIRONMENT_MAX]);

#endif
