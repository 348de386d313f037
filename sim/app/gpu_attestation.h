/* What a TD measures of its GPUs' attestation at boot (dstack, "GPU security for AI workloads"). */
#ifndef APP_GPU_ATTESTATION_H
#define APP_GPU_ATTESTATION_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/base/text.h"

/* Writes the payload of the gpu-attestation event: how many GPUs there are, and the hash of the
 * evidence. evidence: all that NVIDIA's nvattest printed, a JSON object whose claims are one for
 * each GPU. */
MUST_CHECK int gpu_attestation_measure(struct span evidence, struct text *payload, struct error *error);

#endif
