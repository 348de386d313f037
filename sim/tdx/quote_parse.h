/* The parts of a TDX quote, format 4, ECDSA P-256 (Intel TDX DCAP Quoting Library
 * API, A.3). Nothing is verified here but the shape. */
#ifndef TDX_QUOTE_PARSE_H
#define TDX_QUOTE_PARSE_H

#include "sim/base/error.h"
#include "sim/base/span.h"
#include "sim/tdx/quote.h"

#define QUOTE_BYTES_MAX (64 * 1024) /* largest quote that is looked at */

/* Spans point into the quote. */
struct quote_parts {
    struct span signed_part;     /* header and TD report */
    struct span tee_tcb_svn;     /* 16 */
    struct span mrsigner_seam;   /* 48 */
    struct span seam_attributes; /* 8 */
    struct span td_attributes;   /* 8 */
    struct span owner;           /* MRCONFIGID, MROWNER and MROWNERCONFIG, 144 */
    struct span report_data;     /* 64 */
    struct registers registers;
    struct span signature;       /* r || s, 64 */
    struct span attestation_key; /* 64 */
    struct span qe_report;       /* 384 */
    struct span qe_signature;    /* 64, by the PCK key */
    struct span qe_auth;
    struct span pck_chain; /* PEM */
};

/* Every length must fit the next one; zeros behind the quote are padding. */
MUST_CHECK int quote_parse(struct span quote, struct quote_parts *parts, struct error *error);

#endif
