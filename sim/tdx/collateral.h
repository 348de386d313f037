/* What a verifier downloads for a quote, as Intel's PCS serves it (Intel PCS API,
 * version 4), signed under the simulator's own root.
 *
 * TCB info and QE identity are valid from one day before now until 30 days after it;
 * CRLs and certificates have the fixed dates of pki.h. */
#ifndef TDX_COLLATERAL_H
#define TDX_COLLATERAL_H

#include "sim/tdx/evaluation_numbers.h"
#include "sim/tdx/qe_identity.h"
#include "sim/tdx/tcb_info.h"

/* Texts are NUL-terminated, and everything is on the heap. */
struct collateral_documents {
    char *tcb_info;    /* {"tcbInfo":{...},"signature":"..."} */
    char *qe_identity; /* {"enclaveIdentity":{...},"signature":"..."} */
};

struct collateral {
    struct collateral_documents documents[TCB_TEES][EVALUATION_SETS];
    char *evaluation_numbers[TCB_TEES]; /* {"tcbEvaluationDataNumbers":{...},"signature":"..."} */
    char *root_crl_hex;
    uint8_t *root_crl; /* DER */
    size_t root_crl_len;
    uint8_t *pck_crl; /* DER */
    size_t pck_crl_len;
    char *tcb_issuer_chain; /* PEM, TCB signing certificate then root */
    char *pck_issuer_chain; /* PEM, platform CA then root */
    int64_t rendered_at;    /* Unix seconds */
};

/* Renders everything as of now and frees what was there before. A zeroed struct is empty. */
MUST_CHECK int collateral_render(struct collateral *collateral, const struct platform *platform,
                                 const struct scenario *scenario, int64_t now, struct error *error);
void collateral_free(struct collateral *collateral);

#endif
