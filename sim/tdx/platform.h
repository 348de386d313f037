/* The simulated machine that runs the TD: its quoting enclave, its provisioning
 * certificates and the root they chain to (Intel SGX PCK Certificate and CRL
 * Profile; Intel TDX DCAP Quoting Library API, appendix 3).
 *
 * Everything is derived from the seed, the public URL and fixtures/platform.json, so
 * that the same platform signs the same bytes in every run. */
#ifndef TDX_PLATFORM_H
#define TDX_PLATFORM_H

#include "sim/keys/pki.h"
#include "sim/keys/seed.h"
#include "sim/tdx/pck.h"
#include "sim/tdx/sgx_report.h"

#define PLATFORM_AUTH_BYTES 32

/* A quoting enclave. */
struct platform_qe {
    uint8_t mrsigner[SGX_REPORT_MR_BYTES];
    uint8_t attributes[SGX_REPORT_ATTRIBUTES_BYTES];
    uint16_t isv_prod_id;
    uint16_t isv_svn;
};

/* The platform's TCB and identity, from fixtures/platform.json. */
struct platform_tcb {
    uint8_t fmspc[PCK_FMSPC_BYTES];
    uint8_t pce_id[PCK_PCE_ID_BYTES];
    uint8_t cpu_svn[PCK_SVN_COUNT];
    uint16_t pce_svn;
    uint8_t tee_tcb_svn[PCK_SVN_COUNT];
    struct platform_qe qe;     /* signs quotes of TDs */
    struct platform_qe sgx_qe; /* would sign quotes of enclaves */
};

/* Byte 0 of a TEE TCB SVN is the TDX module's ISVSVN, byte 1 its version. */
#define PLATFORM_TDX_MODULE_SVN 0
#define PLATFORM_TDX_MODULE_SVNS 2

/* Where the CRLs are, below the public URL: that of the root, and that of the platform CA, which
 * issues the PCK certificate. */
#define PLATFORM_ROOT_CRL_PATH "/IntelSGXRootCA.der"
#define PLATFORM_PCK_CRL_PATH "/sgx/certification/v4/pckcrl?ca=platform&encoding=der"

/* What depends on the platform's TCB level: Intel issues a PCK certificate for each level, and
 * another QE signs with another key. */
struct platform_level {
    struct platform_tcb tcb;
    uint8_t pck_serial;
    struct pki_entity pck;
    struct p256_key attestation_key; /* the QE report vouches for this key */
    uint8_t qe_auth[PLATFORM_AUTH_BYTES];
    uint8_t qe_report[SGX_REPORT_BYTES];
    uint8_t qe_report_signature[P256_SIGNATURE_BYTES]; /* by the PCK key */
};

struct platform {
    struct platform_level first;
    struct platform_level updated; /* all that a TCB recovery event raises is one higher */
    uint8_t ppid[PCK_PPID_BYTES];
    uint8_t device_id[32];  /* SHA-256 of the PPID */
    struct pki_entity root; /* Intel SGX Root CA, but ours */
    struct pki_entity platform_ca;
    struct pki_entity tcb_signing; /* signs TCB info and QE identity */
    struct p256_key stranger_key;  /* no QE report vouches for this key */
};

MUST_CHECK int platform_tcb_parse(struct platform_tcb *tcb, struct span json, struct error *error);

/* first.tcb must be set. public_url: the base of the URLs of CRLs in certificates. */
MUST_CHECK int platform_init(struct platform *platform, const struct seed *seed, const char *public_url,
                             struct error *error);
void platform_free(struct platform *platform);

#endif
