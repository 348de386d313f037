/* The system's random bytes, for what must be different each time (fresh TLS keys,
 * certificate serials). Everything else is derived from the seed. */
#ifndef CRYPTO_RANDOM_H
#define CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills out with random bytes, or ends the process if the system has none. */
void random_bytes(uint8_t *out, size_t len);

#endif
