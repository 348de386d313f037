/* Wraps a docker-compose file into the app-compose.json that dstack's tools make of it. */
#ifndef APP_DOCKER_COMPOSE_H
#define APP_DOCKER_COMPOSE_H

#include "sim/base/error.h"
#include "sim/base/span.h"

/* The app-compose of a docker-compose file, on the heap (free with free()): compact
 * JSON in UTF-8 with sorted keys, which is what the SDKs' get_compose_hash hashes.
 * Both texts must be UTF-8 without U+0000. Returns NULL on error. */
char *docker_compose_wrap(const char *name, struct span file, size_t *len, struct error *error);

#endif
