/* Asks a KMS elsewhere over the loop, with TLS (see kms_guest.h). The host's name is looked up each time, by
 * another thread where a name server may have to be asked; its addresses are tried in turn. */
#ifndef PROCESS_KMS_CALLER_H
#define PROCESS_KMS_CALLER_H

#include <uv.h>

#include "sim/cli/url_spec.h"
#include "sim/kms/kms_guest.h"

/* The loop outlives the asker. */
struct kms_guest_asker kms_caller_asker(uv_loop_t *loop);

#endif
