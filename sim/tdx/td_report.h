/* The TD report in a quote (Intel TDX DCAP Quoting Library API, A.3.2; Intel TDX Module ABI,
 * TDREPORT_STRUCT), and its TDATTRIBUTES (A.3.4). All other fields are zero. */
#ifndef TDX_TD_REPORT_H
#define TDX_TD_REPORT_H

#define TD_REPORT_10_BYTES 584
#define TD_REPORT_15_BYTES 648 /* of TDX 1.5: the same, then two more fields */
#define TD_REPORT_TEE_TCB_SVN_BYTES 16
#define TD_REPORT_MR_BYTES 48
#define TD_REPORT_ATTRIBUTES_BYTES 8                   /* SEAMATTRIBUTES, TDATTRIBUTES and XFAM */
#define TD_REPORT_OWNER_BYTES (3 * TD_REPORT_MR_BYTES) /* MRCONFIGID, MROWNER and MROWNERCONFIG */

enum td_report_offset {
    TD_REPORT_TEE_TCB_SVN = 0,
    TD_REPORT_MRSIGNER_SEAM = 64,
    TD_REPORT_SEAM_ATTRIBUTES = 112,
    TD_REPORT_TD_ATTRIBUTES = 120,
    TD_REPORT_XFAM = 128,
    TD_REPORT_MRTD = 136,
    TD_REPORT_OWNER = 184,
    TD_REPORT_RTMR = 328, /* RTMR0 to RTMR3 */
    TD_REPORT_DATA = 520,
    TD_REPORT_TEE_TCB_SVN_2 = TD_REPORT_10_BYTES, /* of the TDX module that runs now */
    TD_REPORT_MRSERVICETD = 600,
};

/* TDATTRIBUTES. Any bit set in the first byte lets the host look into the TD. */
#define TD_REPORT_UNDER_DEBUG 0xff
#define TD_REPORT_DEBUG 0x01
#define TD_REPORT_SEPT_VE_DISABLE 0x10 /* in the fourth byte; set in every dstack TD */
#define TD_REPORT_RESERVED_ATTRIBUTES {0x00, 0xff, 0xff, 0x2f, 0xff, 0xff, 0xff, 0x7f}

#endif
