/* Who may use the VMM: everyone who reaches it or, with a token, those who have it (dstack-vmm,
 * [auth]). */
#ifndef SERVICES_VMM_ACCESS_H
#define SERVICES_VMM_ACCESS_H

#include "sim/rpc/token_guard.h"

/* Keeps a digest of the token only. */
void vmm_access_init(struct token_guard *guard, const char *token);

#endif
