/* The common names of Intel's certificates (Intel SGX PCK Certificate and CRL Profile, 1.3).
 * The simulator's certificates have the same names, because verifiers check them. */
#ifndef TDX_CERTIFICATE_NAMES_H
#define TDX_CERTIFICATE_NAMES_H

#define CERTIFICATE_NAME_ROOT "Intel SGX Root CA"
#define CERTIFICATE_NAME_PLATFORM_CA "Intel SGX PCK Platform CA"
#define CERTIFICATE_NAME_PCK "Intel SGX PCK Certificate"
#define CERTIFICATE_NAME_TCB_SIGNING "Intel SGX TCB Signing"

#endif
