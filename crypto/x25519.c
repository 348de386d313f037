#include "crypto/x25519.h"

#include <nettle/curve25519.h>

void x25519_public_key(const uint8_t secret32[static 32], uint8_t public32[static 32])
{
    curve25519_mul_g(public32, secret32);
}
