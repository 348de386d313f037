/* Where an app's keys come from: the cluster's KMS, an enclave of the host that seals them to the TD's
 * measurements (local), a TPM of the machine, or nowhere. */
#ifndef TD_KEY_PROVIDER_H
#define TD_KEY_PROVIDER_H

#include "sim/td/identity.h"
#include "sim/tdx/registers.h"

struct key_provider {
    enum app_key_provider kind;
    const struct seed *seed; /* of the cluster, like the next two */
    const struct kms *kms;
    const struct k256 *k256;
    const char *instance; /* which instance of the app this is */
    uint32_t boot;        /* and which of its boots, from 1 */
    bool gives_own_ca; /* the KMS gives the app a CA of its own, as dstack-kms does; else it signs itself */
};

/* Sets the identity's key_provider_info and key_provider_id. given: the keys that a file holds, or all zero. */
void key_provider_identify(const struct key_provider *provider, const struct app_keys *given,
                           struct identity *identity);

/* Issues the keys. Without a KMS they are the same at each boot (local: as long as the TD's measurements are),
 * or new ones if there is no provider, and they lack their CA's certificate, which shows a quote.
 * registers: as of the event boot-mr-done. */
MUST_CHECK int key_provider_issue(const struct key_provider *provider, const struct identity *identity,
                                  const struct registers *registers, struct app_keys *keys,
                                  struct error *error);

#endif
