/* Writes and reads what a PCK certificate says about its platform: the SGX extension,
 * 1.2.840.113741.1.13.1 (Intel SGX PCK Certificate and CRL Profile, 1.3.5). */
#ifndef TDX_PCK_H
#define TDX_PCK_H

#include "crypto/x509_extensions.h"
#include "sim/base/error.h"

#define PCK_PPID_BYTES 16
#define PCK_SVN_COUNT 16 /* components of a TCB, each with a security version */
#define PCK_FMSPC_BYTES 6
#define PCK_PCE_ID_BYTES 2

struct pck {
    uint8_t ppid[PCK_PPID_BYTES];
    uint8_t cpu_svn[PCK_SVN_COUNT];
    uint16_t pce_svn;
    uint8_t pce_id[PCK_PCE_ID_BYTES];
    uint8_t fmspc[PCK_FMSPC_BYTES];
};

/* Adds the extension of a multi-package platform, as Intel's platform CA issues it. */
void pck_add_extension(struct x509_extensions *extensions, const struct pck *pck);

/* contents: the DER inside the extension; its data is NULL if the certificate has none. Fails if
 * a member is missing, duplicate or malformed. */
MUST_CHECK int pck_read(struct pck *pck, struct bytes contents, struct error *error);

/* The extension's identifier. */
struct bytes pck_extension_oid(void);

#endif
