/* X25519 (RFC 7748), by nettle. */
#ifndef CRYPTO_X25519_H
#define CRYPTO_X25519_H

#include "crypto/bytes.h"
#include "crypto/must_check.h"

/* The secret is clamped (RFC 7748, 5), so any 32 bytes are one. */
void x25519_public_key(const uint8_t secret32[static 32], uint8_t public32[static 32]);

/* The shared secret. Returns 0, or -1 if the peer's key has low order, which would make the
 * secret zero. */
MUST_CHECK int x25519_shared(const uint8_t secret32[static 32], const uint8_t peer32[static 32],
                             uint8_t shared32[static 32]);

#endif
