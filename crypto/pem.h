/* PEM, base64 and base64url (RFC 7468, RFC 4648). A face of nettle. */
#ifndef CRYPTO_PEM_H
#define CRYPTO_PEM_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

/* Characters pem_encode writes for len bytes of DER under that label, without a
 * NUL: two label lines and base64 in lines of 64. */
size_t pem_chars(const char *label, size_t len);
/* Out: exactly pem_chars(label, len) characters, no NUL. Returns that number. */
size_t pem_encode(const char *label, const void *der, size_t len, char *out);

/* Base64 with padding: 4 * ceil(len / 3) characters, no NUL. Returns the number. */
size_t base64_encode(const void *data, size_t len, char *out);
/* Reads base64 with padding; white space between is skipped. out has room for len bytes.
 * Returns 0, or -1 when a character or the padding is wrong. */
MUST_CHECK int base64_decode(const char *text, size_t len, void *out, size_t *out_len);
/* Base64url without padding, no NUL. Returns the number of characters. */
size_t base64url_encode(const void *data, size_t len, char *out);

#endif
