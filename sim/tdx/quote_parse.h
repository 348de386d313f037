/* Parses TDX quotes; see quote_format.h for their format. Checks only the structure. */
#ifndef TDX_QUOTE_PARSE_H
#define TDX_QUOTE_PARSE_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/tdx/quote_format.h"
#include "sim/tdx/quote_version.h"
#include "sim/tdx/registers.h"
#include "sim/tdx/sgx_report.h"
#include "sim/tdx/td_report.h"

#define QUOTE_BYTES_MAX (64 * 1024)

/* Spans point into the quote. */
struct quote_parts {
    enum quote_version version;
    struct span signed_part; /* up to the end of the TD report */
    struct span tee_tcb_svn;
    struct span mrsigner_seam;
    struct span seam_attributes;
    struct span td_attributes;
    struct span owner; /* MRCONFIGID, MROWNER and MROWNERCONFIG */
    struct span report_data;
    struct span mrservicetd; /* only in a TD report 1.5 */
    struct registers registers;
    struct span signature; /* r || s */
    struct span attestation_key;
    struct span qe_report;
    struct span qe_signature; /* by the PCK key */
    struct span qe_auth;
    struct span pck_chain; /* PEM */
};

/* Each length must match the data it counts. Zeros after the quote are padding. */
MUST_CHECK int quote_parse(struct span quote, struct quote_parts *parts, struct error *error);

#endif
