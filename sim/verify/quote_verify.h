/* Verifies that a quote is genuine, under the simulator's own root. Makes the checks of Intel's
 * quote verification library, in its order, and then those of the TD that dcap-qvl makes, on which
 * dstack-verifier is built. */
#ifndef VERIFY_QUOTE_VERIFY_H
#define VERIFY_QUOTE_VERIFY_H

#include "crypto/p256_memory.h"
#include "sim/base/arena.h"
#include "sim/tdx/collateral.h"
#include "sim/verify/tcb.h"

struct quote_verdict {
    struct quote_parts parts;
    struct pck pck;
    struct tcb_result tcb; /* never TCB_REVOKED: that is an error */
};

/* What a quote is judged by. */
struct quote_authority {
    const struct platform *platform; /* provides the only trusted root */
    const struct collateral *collateral;
    int64_t now;                /* Unix seconds */
    struct p256_memory *memory; /* of signatures verified before, or NULL */
};

/* Spans in the verdict point into the quote, advisories into the arena. The error names the check
 * that failed. */
MUST_CHECK int quote_verify(struct span quote, const struct quote_authority *authority, struct arena *arena,
                            struct quote_verdict *verdict, struct error *error);

#endif
