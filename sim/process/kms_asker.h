/* Asks the webhook of --kms-auth-url over the loop. */
#ifndef PROCESS_KMS_ASKER_H
#define PROCESS_KMS_ASKER_H

#include <uv.h>

#include "sim/kms/kms_server.h"

#define KMS_ASKER_TIMEOUT_MS 5000

struct kms_asker_target {
    uv_loop_t *loop;
    struct sockaddr_storage address;
    char host[300]; /* with its port */
    char path[300]; /* without a slash at its end */
};

/* Reads http://HOST[:PORT][/PATH] and looks the host up, once. The target outlives the asker. */
MUST_CHECK int kms_asker_init(struct kms_asker_target *target, const char *url, uv_loop_t *loop,
                              struct kms_asker *asker, struct error *error);

#endif
