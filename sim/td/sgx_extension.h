/* The SGX extension of a PCK certificate, 1.2.840.113741.1.13.1 (Intel SGX PCK
 * Certificate and CRL Profile, 1.3.5). */
#ifndef TD_SGX_EXTENSION_H
#define TD_SGX_EXTENSION_H

#include "sim/td/platform.h"

void sgx_extension_add(struct x509_extensions *extensions, const struct platform *platform);

#endif
