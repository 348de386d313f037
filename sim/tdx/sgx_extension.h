/* The SGX extension of a PCK certificate, 1.2.840.113741.1.13.1 (Intel SGX PCK
 * Certificate and CRL Profile, 1.3.5). */
#ifndef TDX_SGX_EXTENSION_H
#define TDX_SGX_EXTENSION_H

#include "sim/tdx/platform.h"

void sgx_extension_add(struct x509_extensions *extensions, const struct platform *platform);

#endif
