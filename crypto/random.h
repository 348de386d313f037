/* The system's random bytes, for what must differ each time (fresh TLS keys,
 * certificate serials). Everything else follows from the seed. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills out. A system that has no randomness to give ends the process. */
void random_bytes(uint8_t *out, size_t len);

#endif
