/* Attestations in SCALE (Substrate's SCALE codec), as Attest and certificates carry them. */
#ifndef TDX_ATTESTATION_SCALE_H
#define TDX_ATTESTATION_SCALE_H

#include "sim/tdx/evidence.h"

MUST_CHECK int attestation_scale_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                      struct error *error);

#endif
