/* The body of a quoting enclave's SGX report in a quote (Intel TDX DCAP Quoting Library API,
 * A.3.10; Intel SDM volume 3D, 38.15). All other fields are zero. */
#ifndef TDX_SGX_REPORT_H
#define TDX_SGX_REPORT_H

#include "crypto/p256.h"
#include "sim/base/span.h"

#define SGX_REPORT_BYTES 384
#define SGX_REPORT_MISCSELECT_BYTES 4
#define SGX_REPORT_ATTRIBUTES_BYTES 16
#define SGX_REPORT_MR_BYTES 32 /* MRENCLAVE and MRSIGNER */
#define SGX_REPORT_DATA_BYTES 64

enum sgx_report_offset {
    SGX_REPORT_CPU_SVN = 0, /* 16 bytes */
    SGX_REPORT_MISCSELECT = 16,
    SGX_REPORT_ATTRIBUTES = 48,
    SGX_REPORT_MRENCLAVE = 64,
    SGX_REPORT_MRSIGNER = 128,
    SGX_REPORT_ISV_PROD_ID = 256, /* 16 bits, little-endian, like ISVSVN */
    SGX_REPORT_ISV_SVN = 258,
    SGX_REPORT_DATA = 320,
};

/* The report data by which a quoting enclave vouches for an attestation key:
 * SHA-256(key || authentication data), then zeros (A.3.11). */
void sgx_report_data(const uint8_t key[static P256_PUBLIC_BYTES], struct span auth,
                     uint8_t report_data[static SGX_REPORT_DATA_BYTES]);

#endif
