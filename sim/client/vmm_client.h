/* Calls the VMM of a running simulator over its socket, and waits for the answer. */
#ifndef CLIENT_VMM_CLIENT_H
#define CLIENT_VMM_CLIENT_H

#include <jansson.h>
#include <stdio.h>

#include "sim/base/error.h"

/* Calls a method with a JSON object, which it takes over; NULL: without arguments. Returns the
 * response, to be freed with json_decref, or NULL with an error: the VMM's own, or why it cannot be
 * reached at the socket's path. */
json_t *vmm_client_call(const char *path, const char *method, json_t *arguments, struct error *error);

/* Copies the body of GET target to a stream, as it comes. */
MUST_CHECK int vmm_client_copy(const char *path, const char *target, FILE *out, struct error *error);

#endif
