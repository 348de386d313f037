/* Access to private fields of mbedTLS's structures. In release 3 they are named
 * MBEDTLS_PRIVATE(name); in 2.28 they have their plain names. */
#ifndef CRYPTO_MBEDTLS_PRIVATE_H
#define CRYPTO_MBEDTLS_PRIVATE_H

#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_PRIVATE(member) member
#endif

#endif
