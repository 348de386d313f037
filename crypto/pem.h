/* PEM (RFC 7468). */
#ifndef CRYPTO_PEM_H
#define CRYPTO_PEM_H

#include <stddef.h>

/* The number of characters that pem_encode writes for len bytes of DER with that label,
 * without a NUL: two label lines, and base64 in lines of 64. */
size_t pem_chars(const char *label, size_t len);

/* Out: exactly pem_chars(label, len) characters, no NUL. Returns that number. */
size_t pem_encode(const char *label, const void *der, size_t len, char *out);

/* The same for a private key, which the bytes of DER from `secret` on are: branches and table look-ups never
 * depend on them. */
size_t pem_encode_secret(const char *label, const void *der, size_t len, size_t secret, size_t secret_len,
                         char *out);

#endif
