/* The layout of a TDX quote that is signed with ECDSA P-256 (Intel TDX DCAP Quoting Library API,
 * A.3 and A.4), and the values that are the same in all of them. quote.c writes it, quote_parse.c
 * reads it. All numbers are little-endian.
 *
 *     head | TD report | u32 length of the signature data | signature data | zeros
 *     head: header, and from version 5 on u16 type and u32 size of the TD report
 *     signature data: signature | attestation key | certification data: QE_REPORT
 *     QE_REPORT: QE report | its signature | u16 length, authentication data
 *            | certification data: PCK_CHAIN, certificates in PEM and a NUL
 *
 * What depends on the version is in quote_version.h, the TD report in td_report.h. */
#ifndef TDX_QUOTE_FORMAT_H
#define TDX_QUOTE_FORMAT_H

#include "crypto/p256.h"

/* Header (A.3.1). */
#define QUOTE_KEY_TYPE_ECDSA_P256 2
#define QUOTE_TEE_TYPE_TDX 0x81u
#define QUOTE_QE_VENDOR_INTEL                                                                                \
    {0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07}

#define QUOTE_HEADER_BYTES 48
#define QUOTE_BODY_HEAD_BYTES 6 /* type and size */
#define QUOTE_REPORT_DATA_BYTES 64

/* Offsets from the start of the quote. */
enum quote_offset {
    QUOTE_VERSION_OFFSET = 0,  /* 16 bits */
    QUOTE_KEY_TYPE_OFFSET = 2, /* 16 bits */
    QUOTE_TEE_TYPE_OFFSET = 4, /* 32 bits */
    QUOTE_QE_VENDOR_OFFSET = 12,
    QUOTE_BODY_TYPE_OFFSET = QUOTE_HEADER_BYTES,     /* 16 bits */
    QUOTE_BODY_SIZE_OFFSET = QUOTE_HEADER_BYTES + 2, /* 32 bits */
};

/* Certification data (A.3.9): a 16-bit type, a 32-bit length, then that many bytes. */
#define QUOTE_CERTIFICATION_HEAD_BYTES 6
#define QUOTE_CERTIFICATION_PCK_CHAIN 5
#define QUOTE_CERTIFICATION_QE_REPORT 6 /* A.3.11 */

/* The zeros at the end of every quote that a dstack TD gets from its host. */
#define QUOTE_PADDING_BYTES 70

#endif
