/* What a PCK certificate says of its platform (Intel SGX PCK Certificate and CRL
 * Profile, 1.3.5): the SGX extension, read. */
#ifndef TDX_PCK_H
#define TDX_PCK_H

#include "sim/base/error.h"
#include "sim/tdx/platform.h"

struct pck {
    uint8_t ppid[PLATFORM_PPID_BYTES];
    uint8_t components[PLATFORM_SVN_COUNT];
    uint16_t pce_svn;
    uint8_t pce_id[2];
    uint8_t fmspc[6];
};

/* contents: the DER inside the extension. Fails when a member is missing, is there
 * twice or has another shape. */
MUST_CHECK int pck_read(struct pck *pck, struct bytes contents, struct error *error);

/* 1.2.840.113741.1.13.1, the extension's identifier. */
struct bytes pck_extension_oid(void);

#endif
