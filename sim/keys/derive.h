/* dstack's key derivation. */
#ifndef KEYS_DERIVE_H
#define KEYS_DERIVE_H

#include "crypto/bytes.h"

/* HKDF-SHA-256 of key, with the salt RATLS and the concatenated parts as info. */
void derive_key(const uint8_t key[static 32], const struct bytes *parts, size_t count,
                uint8_t out[static 32]);

#endif
