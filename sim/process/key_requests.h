/* Deployed TDs that boot and ask the KMS for their keys. With a webhook (--kms-auth-url) that takes time, and
 * other clients are served meanwhile. */
#ifndef PROCESS_KEY_REQUESTS_H
#define PROCESS_KEY_REQUESTS_H

#include "sim/kms/kms_server.h"
#include "sim/vmm/vmm.h"

struct key_request;

/* All zero but for the server, which outlives it. */
struct key_requests {
    struct kms_server *server;
    struct key_request *first; /* those that wait for the webhook */
};

/* Whether the VM's TD gets its keys: returns 0 if it does, 1 if vmm_launched will say so, or -1 with an error
 * in the KMS's words. */
MUST_CHECK int key_requests_begin(struct key_requests *requests, struct vm *vm, struct error *error);

/* Gives up that of this VM, if it waits, or all of them. */
void key_requests_end(struct key_requests *requests, const struct vm *vm);
void key_requests_end_all(struct key_requests *requests);

#endif
