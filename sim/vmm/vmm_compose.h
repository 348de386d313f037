/* What follows from a compose file. */
#ifndef VMM_VMM_COMPOSE_H
#define VMM_VMM_COMPOSE_H

#include "sim/base/arena.h"
#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/td/td.h"

/* Fails with "Invalid compose file: ..." unless it is an app-compose.json. */
MUST_CHECK int vmm_compose_check(struct span compose, struct error *error);

/* Whether it is an app-compose.json that asks for a gateway. */
bool vmm_compose_has_gateway(struct span compose);

/* The hex of its SHA-256, in the arena. */
char *vmm_compose_hash(struct span compose, struct arena *arena);

/* 40 hex digits of the compose file's SHA-256, and a NUL; what an app's id is unless given. */
void vmm_compose_app_id(struct span compose, char app_id[static 2 * APP_ID_BYTES + 1]);

#endif
