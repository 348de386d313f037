/* Pure Ed25519 (RFC 8032), by nettle/hogweed. */
#ifndef CRYPTO_ED25519_H
#define CRYPTO_ED25519_H

#include "crypto/bytes.h"

/* The public key of a private one, which is called a seed here because RFC 8032 derives more from it. */
void ed25519_public_key(const uint8_t seed32[static 32], uint8_t public32[static 32]);

/* public32: that of the seed. The same key and message always give the same signature. */
void ed25519_sign(const uint8_t seed32[static 32], const uint8_t public32[static 32], const void *message,
                  size_t len, uint8_t signature64[static 64]);

/* Also returns false if the key is not a point on the curve. */
bool ed25519_verify(const uint8_t public32[static 32], const void *message, size_t len,
                    const uint8_t signature64[static 64]);

/* Whether the key decodes to a point on the curve. As lenient as the usual libraries: a y not
 * below p means y mod p, and x = 0 may have either sign (RFC 8032, 5.1.3 would reject both);
 * points of small order are accepted too. */
bool ed25519_is_public_key(const uint8_t public32[static 32]);

#endif
