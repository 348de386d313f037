/* Base64 and base64url (RFC 4648), by nettle, and by mbedTLS where data is secret. */
#ifndef CRYPTO_BASE64_H
#define CRYPTO_BASE64_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

/* The number of characters for len bytes, with padding. */
#define BASE64_CHARS(len) (((len) + 2) / 3 * 4)

/* Base64 with padding.
 * Out: BASE64_CHARS(len) characters, no NUL. Returns that number. */
size_t base64_encode(const void *data, size_t len, char *out);

/* The same, and a NUL after it: slower, but branches and table look-ups never depend on the data. */
size_t base64_encode_secret(const void *data, size_t len, char *out);

/* Reads base64 with padding; white space is ignored.
 * Out: at most len bytes, and their number.
 * Returns 0, or -1 if a character or the padding is wrong. */
MUST_CHECK int base64_decode(const char *text, size_t len, void *out, size_t *out_len);

/* Base64url without padding.
 * Out: at most BASE64_CHARS(len) characters, no NUL. Returns their number. */
size_t base64_url_encode(const void *data, size_t len, char *out);

#endif
