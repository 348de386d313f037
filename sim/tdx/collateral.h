/* What a verifier downloads for a quote, as Intel's PCS serves it (Intel PCS API,
 * version 4), signed under the simulator's own root.
 *
 * TCB info and QE identity are valid from one day before now until 30 days after it;
 * CRLs and certificates have the fixed dates of pki.h. */
#ifndef TDX_COLLATERAL_H
#define TDX_COLLATERAL_H

#include "sim/base/span.h"
#include "sim/tdx/platform.h"
#include "sim/tdx/scenario.h"

/* The two signed documents: the member that holds each, its id and its version. */
#define COLLATERAL_TCB_INFO "tcbInfo"
#define COLLATERAL_TCB_INFO_ID "TDX"
#define COLLATERAL_TCB_INFO_VERSION 3
#define COLLATERAL_QE_IDENTITY "enclaveIdentity"
#define COLLATERAL_QE_IDENTITY_ID "TD_QE"
#define COLLATERAL_QE_IDENTITY_VERSION 2

struct collateral {
    char *
        tcb_info; /* {"tcbInfo":{...},"signature":"..."}; NUL-terminated and on the heap, like all of these */
    char *qe_identity; /* {"enclaveIdentity":{...},"signature":"..."} */
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
