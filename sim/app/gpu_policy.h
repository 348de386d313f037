/* The GPU policy of an app: requirements.gpu_policy in its app-compose.json (dstack 0.6). There are no
 * GPUs here, so it is only checked and measured. */
#ifndef APP_GPU_POLICY_H
#define APP_GPU_POLICY_H

#include <jansson.h>

#include "sim/app/app_compose.h"

#define GPU_POLICY_HASH_BYTES 32

/* The SHA-256 of the policy in the form of jcs.h, as it was written: null is measured as such, and a
 * policy that is missing as an empty object. */
void gpu_policy_hash(const struct app_compose *compose, uint8_t hash[static GPU_POLICY_HASH_BYTES]);

/* Checks the members, of which none may be unknown. policy: the value, which may be null. */
MUST_CHECK int gpu_policy_check(const json_t *policy, struct error *error);

#endif
