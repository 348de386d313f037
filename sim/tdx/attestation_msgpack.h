/* Attestations in MessagePack, as GetQuote carries them. */
#ifndef TDX_ATTESTATION_MSGPACK_H
#define TDX_ATTESTATION_MSGPACK_H

#include "sim/tdx/evidence.h"

MUST_CHECK int attestation_msgpack_read(struct evidence *evidence, struct span bytes, struct arena *arena,
                                        struct error *error);

#endif
