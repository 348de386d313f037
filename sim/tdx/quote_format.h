/* The layout of a version 4 TDX quote, signed with ECDSA P-256 (Intel TDX DCAP Quoting Library
 * API, A.3), and the values that are the same in all of them. quote.c writes it, quote_parse.c
 * reads it. All numbers are little-endian.
 *
 *     header | TD report | u32 length of the signature data | signature data | zeros
 *     signature data: signature | attestation key | certification data: QE_REPORT
 *     QE_REPORT: QE report | its signature | u16 length, authentication data
 *            | certification data: PCK_CHAIN, certificates in PEM and a NUL */
#ifndef TDX_QUOTE_FORMAT_H
#define TDX_QUOTE_FORMAT_H

#include "crypto/p256.h"

/* Header (A.3.1). */
#define QUOTE_VERSION 4
#define QUOTE_KEY_TYPE_ECDSA_P256 2
#define QUOTE_TEE_TYPE_TDX 0x81u
#define QUOTE_QE_VENDOR_INTEL                                                                                \
    {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}

/* TD report (A.3.2) and its TDATTRIBUTES (A.3.4). Any bit set in the first byte of TDATTRIBUTES
 * lets the host look into the TD. */
#define QUOTE_TEE_TCB_SVN_BYTES 16
#define QUOTE_MRSIGNER_SEAM_BYTES 48
#define QUOTE_ATTRIBUTES_BYTES 8 /* SEAMATTRIBUTES and TDATTRIBUTES */
#define QUOTE_XFAM_BYTES 8
#define QUOTE_OWNER_BYTES (3 * 48) /* MRCONFIGID, MROWNER and MROWNERCONFIG */
#define QUOTE_REPORT_DATA_BYTES 64
#define QUOTE_TD_ATTRIBUTES_DEBUG 0x01
#define QUOTE_TD_ATTRIBUTES_UNDER_DEBUG 0xff

#define QUOTE_HEADER_BYTES 48
#define QUOTE_TD_REPORT_BYTES 584
#define QUOTE_SIGNED_BYTES (QUOTE_HEADER_BYTES + QUOTE_TD_REPORT_BYTES)

/* Offsets from the start of the quote. */
enum quote_offset {
    QUOTE_VERSION_OFFSET = 0,  /* 16 bits */
    QUOTE_KEY_TYPE_OFFSET = 2, /* 16 bits */
    QUOTE_TEE_TYPE_OFFSET = 4, /* 32 bits */
    QUOTE_QE_VENDOR_OFFSET = 12,
    QUOTE_TEE_TCB_SVN_OFFSET = QUOTE_HEADER_BYTES,
    QUOTE_MRSIGNER_SEAM_OFFSET = QUOTE_HEADER_BYTES + 64,
    QUOTE_SEAM_ATTRIBUTES_OFFSET = QUOTE_HEADER_BYTES + 112,
    QUOTE_TD_ATTRIBUTES_OFFSET = QUOTE_HEADER_BYTES + 120,
    QUOTE_XFAM_OFFSET = QUOTE_HEADER_BYTES + 128,
    QUOTE_MRTD_OFFSET = QUOTE_HEADER_BYTES + 136,
    QUOTE_OWNER_OFFSET = QUOTE_HEADER_BYTES + 184,
    QUOTE_RTMR_OFFSET = QUOTE_HEADER_BYTES + 328, /* RTMR0 to RTMR3 */
    QUOTE_REPORT_DATA_OFFSET = QUOTE_HEADER_BYTES + 520,
    QUOTE_SIGNATURE_LENGTH_OFFSET = QUOTE_SIGNED_BYTES, /* 32 bits */
    QUOTE_SIGNATURE_OFFSET = QUOTE_SIGNED_BYTES + 4,    /* A.3.8, like the next one */
    QUOTE_ATTESTATION_KEY_OFFSET = QUOTE_SIGNATURE_OFFSET + P256_SIGNATURE_BYTES,
};

/* Certification data (A.3.9): a 16-bit type, a 32-bit length, then that many bytes. */
#define QUOTE_CERTIFICATION_HEAD_BYTES 6
#define QUOTE_CERTIFICATION_PCK_CHAIN 5
#define QUOTE_CERTIFICATION_QE_REPORT 6 /* A.3.11 */

/* The zeros at the end of every quote that a dstack TD gets from its host. */
#define QUOTE_PADDING_BYTES 70

#endif
