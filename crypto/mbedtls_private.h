/* Fields of mbedTLS's structures that it does not promise to keep: MBEDTLS_PRIVATE(name)
 * is their name in release 3, and in 2.28 they have their plain name. */
#ifndef CRYPTO_MBEDTLS_PRIVATE_H
#define CRYPTO_MBEDTLS_PRIVATE_H

#include <mbedtls/version.h>

#if MBEDTLS_VERSION_NUMBER < 0x03000000
#define MBEDTLS_PRIVATE(member) member
#endif

#endif
