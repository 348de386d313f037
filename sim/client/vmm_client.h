/* Calls the VMM of a running simulator over its socket, and waits for the answer. */
#ifndef CLIENT_VMM_CLIENT_H
#define CLIENT_VMM_CLIENT_H

#include <jansson.h>
#include <stdio.h>

#include "sim/base/error.h"

struct vmm_client {
    const char *socket; /* its path */
    const char *token;  /* that the VMM asks for, or NULL */
};

/* Calls a method with a JSON object, which it takes over; NULL: without arguments. Returns the
 * response, to be freed with json_decref, or NULL with an error: the VMM's own, or why it cannot be
 * reached. */
json_t *vmm_client_call(const struct vmm_client *client, const char *method, json_t *arguments,
                        struct error *error);

/* Copies the body of GET target, a text, to a stream as it comes. is_patient: however long it takes, and
 * without the VMM's signs of life. */
MUST_CHECK int vmm_client_copy(const struct vmm_client *client, const char *target, bool is_patient,
                               FILE *out, struct error *error);

#endif
