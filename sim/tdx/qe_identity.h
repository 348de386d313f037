/* The identity of a quoting enclave: the one that signs quotes of TDs, and the one that would sign
 * quotes of enclaves (Intel PCS API, version 4, "Get SGX QE Identity" and "Get TDX QE Identity"). */
#ifndef TDX_QE_IDENTITY_H
#define TDX_QE_IDENTITY_H

#include "sim/tdx/tcb_document.h"

/* The `id` of an identity: "QE" or "TD_QE". */
const char *qe_identity_id(enum tcb_tee tee);

/* {"enclaveIdentity":{...},"signature":"..."}, NUL-terminated and on the heap. */
char *qe_identity_render(const struct platform *platform, const struct scenario *scenario,
                         const struct tcb_edition *edition);

#endif
