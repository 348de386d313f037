#include "crypto/x25519.h"

#include <nettle/curve25519.h>

#include "crypto/reveal.h"

void x25519_public_key(const uint8_t secret32[static 32], uint8_t public32[static 32])
{
    curve25519_mul_g(public32, secret32);
    reveal(public32, 32);
}

int x25519_shared(const uint8_t secret32[static 32], const uint8_t peer32[static 32],
                  uint8_t shared32[static 32])
{
    static const uint8_t zero[32];

    curve25519_mul(shared32, secret32, peer32);
    return bytes_equal_secret(shared32, zero, sizeof zero) ? -1 : 0;
}
