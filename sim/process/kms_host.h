/* The KMS of --kms-listen: its server, and what its listener speaks TLS with. */
#ifndef PROCESS_KMS_HOST_H
#define PROCESS_KMS_HOST_H

#include "sim/cli/options.h"
#include "sim/kms/kms_server.h"
#include "sim/net/tls_config.h"
#include "sim/process/kms_asker.h"

struct kms_host {
    struct kms_server *server; /* NULL without --kms-listen */
    struct tls_config *tls;
    struct kms_asker_target webhook;
};

/* Makes them if the options ask for it. options, cluster and loop outlive them. */
MUST_CHECK int kms_host_start(struct kms_host *host, const struct options *options, struct cluster *cluster,
                              uv_loop_t *loop, struct error *error);

/* Once the listener and its clients have gone. */
void kms_host_free(struct kms_host *host);

#endif
